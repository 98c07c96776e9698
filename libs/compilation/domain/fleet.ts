import { type Json } from '#libs/kernel';
import { fromJs, tracked, type Value } from '#libs/hcl';
import { injectRegion, injectSubsets, type RegionDataDocument } from '#libs/region-data/contract';

export interface FleetRegion {
  readonly internalName: string;
  readonly publicName: string;
  readonly deprecated: boolean;
}

/** Region data at one revision, ready to be injected: values that know where they come from. Built once, shared by all flocks. */
export interface Fleet {
  readonly document: RegionDataDocument;
  /** `local.<name>` */
  readonly subsets: ReadonlyMap<string, Value>;
  /** By either name; deprecated ones too. */
  readonly regions: ReadonlyMap<string, FleetRegion>;
  /** `local.region` and `local.realm` there; null for a region that is unknown or deprecated. */
  /** Names of the places (execution targets of region data) there. */
  placesOf(internalName: string, publicName: string): ReadonlySet<string>;
  region(internalName: string): { readonly region: Value; readonly realm: Value } | null;
}

/** Most edits leave most sets as they are: their values are made once. */
const values = new WeakMap<readonly Json[], Map<string, Value>>();

function valueOf(name: string, entries: readonly Json[]): Value {
  let byName = values.get(entries);
  if (byName === undefined) values.set(entries, (byName = new Map<string, Value>()));
  let value = byName.get(name);
  if (value === undefined) byName.set(name, (value = tracked(fromJs(entries), `local.${name}`)));
  return value;
}

/** O(size of the sets that differ from those seen before). */
export function fleetOf(document: RegionDataDocument): Fleet {
  const injected = injectSubsets(document);
  let places: Map<string, Set<string>> | undefined;
  const locals = new Map<string, { region: Value; realm: Value } | null>();
  return {
    document,
    subsets: new Map(Object.entries(injected).map(([name, entries]) => [name, valueOf(name, entries)])),
    regions: regionsOf(document),
    placesOf(internalName, publicName) {
      if (places === undefined) {
        places = new Map();
        for (const { region, name } of document.execution_targets)
          places.set(region, (places.get(region) ?? new Set()).add(name));
      }
      return places.get(publicName) ?? places.get(internalName) ?? new Set();
    },
    region(internalName) {
      let found = locals.get(internalName);
      if (found === undefined) {
        const here = injectRegion(document, internalName);
        found = here && {
          region: tracked(fromJs(here.region), 'local.region'),
          realm: tracked(fromJs(here.realm), 'local.realm'),
        };
        locals.set(internalName, found);
      }
      return found;
    },
  };
}

function regionsOf(document: RegionDataDocument): ReadonlyMap<string, FleetRegion> {
  const internal = new Map(document.regions.map((r) => [r.public_name, r.internal_name]));
  const states = new Map(document.all_regions.map((r) => [r.name, r.state]));
  const regions = new Map<string, FleetRegion>();
  const add = (publicName: string): void => {
    const internalName = internal.get(publicName) ?? publicName;
    const region = { internalName, publicName, deprecated: states.get(publicName) === 'Deprecated' };
    regions.set(publicName, region);
    if (!regions.has(internalName)) regions.set(internalName, region);
  };
  for (const { name } of document.all_regions) add(name);
  for (const { public_name } of document.regions) if (!states.has(public_name)) add(public_name);
  return regions;
}

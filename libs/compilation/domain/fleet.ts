import { type Json } from '#libs/kernel';
import { fromJs, ObjectValue, Origin, TupleValue, tracked, type Shape, type Value } from '#libs/hcl';
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
  /** Names of the places (execution targets of region data) there. */
  placesOf(internalName: string, publicName: string): ReadonlySet<string>;
  /** `local.region` and `local.realm` there; null for a region that is unknown or deprecated. */
  region(internalName: string): { readonly region: Value; readonly realm: Value } | null;
}

/** Values of one set's entries, made once each: most edits leave most entries as they are, and a forecast all but one. */
class EntryValues {
  private readonly origin: Origin;
  private readonly lists = new WeakMap<readonly Json[], Value>();
  private readonly entries = new WeakMap<object, Value>();
  /** Entries with the same attributes share a shape, whenever they were made. */
  private readonly shapes = new Map<string, Shape>();

  constructor(name: string) {
    this.origin = new Origin(`local.${name}`);
  }

  list(entries: readonly Json[]): Value {
    let value = this.lists.get(entries);
    if (value === undefined) {
      value = new TupleValue(entries.map((entry) => this.entry(entry)));
      value.origin = this.origin;
      this.lists.set(entries, value);
    }
    return value;
  }

  private entry(entry: Json): Value {
    if (typeof entry !== 'object' || entry === null) return fromJs(entry);
    let value = this.entries.get(entry);
    if (value === undefined) {
      value = tracked(this.shaped(fromJs(entry)), this.origin.element());
      this.entries.set(entry, value);
    }
    return value;
  }

  private shaped(value: Value): Value {
    if (!(value instanceof ObjectValue)) return value;
    const names = JSON.stringify(value.shape.names);
    const shape = this.shapes.get(names);
    if (shape !== undefined) return new ObjectValue(shape, value.slots);
    this.shapes.set(names, value.shape);
    return value;
  }
}

const sets = new Map<string, EntryValues>();

function valueOf(name: string, entries: readonly Json[]): Value {
  let values = sets.get(name);
  if (values === undefined) sets.set(name, (values = new EntryValues(name)));
  return values.list(entries);
}

/** O(entries) in the sets that differ from those seen before, and the size of entries that do. */
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

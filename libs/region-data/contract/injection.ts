import { type Json } from '#libs/kernel';
import { withoutRegions } from './deprecated-regions.js';
import { type Attributes, type RegionDataDocument } from './region-data.js';

/** What a fleet-wide evaluation sees as `local.<name>`: `Deprecated` regions left out (everywhere), notes and tickets never in it. */
export type InjectedSubsets = Readonly<Record<string, readonly Json[]>>;

/** What a resource evaluation in one region sees besides: `local.region` and `local.realm`. */
export interface RegionLocals {
  /** The region's entries of `regions` and `all_regions` joined, the latter winning. */
  readonly region: Readonly<Record<string, Json>>;
  readonly realm: Readonly<Record<string, Json>>;
}

export type InjectSubsets = (document: RegionDataDocument) => InjectedSubsets;
export type InjectRegion = (document: RegionDataDocument, internalName: string) => RegionLocals | null;

/**
 * Every set and every named subset. A realm carries `regions`, the public names of its regions (RD-03), unless it has an
 * attribute of that name. Entries that nothing was taken from are the document's own objects. O(entries); with deprecated
 * regions O(size).
 */
export const injectSubsets: InjectSubsets = (document) => {
  const visible = withoutDeprecated(document);
  return {
    ...visible.subsets,
    realms: visible.realms.map((realm) => realmWithRegions(realm, visible)),
    regions: visible.regions,
    all_regions: visible.all_regions,
    vibes: visible.vibes,
    availability_domains: visible.availability_domains,
    execution_targets: visible.execution_targets,
  };
};

/** Null where there is no such region, or it is deprecated. O(regions). */
export const injectRegion: InjectRegion = (document, internalName) => {
  const entry = document.regions.find((r) => r.internal_name === internalName);
  const joined = entry && document.all_regions.find((r) => r.name === entry.public_name);
  if (!joined || joined.state === 'Deprecated') return null;
  const visible = withoutDeprecated(document);
  const first = visible.regions.find((r) => r.internal_name === internalName) ?? entry;
  const second = visible.all_regions.find((r) => r.name === entry.public_name) ?? joined;
  const realm = visible.realms.find((r) => r.name === joined.realm) ?? { name: joined.realm };
  return { region: { ...first, ...second }, realm: realmWithRegions(realm, visible) };
};

/** The same data as it will be once the region is `Building` and its target is available; the document itself in any later state. */
export function forecastOf(document: RegionDataDocument, internalName: string): RegionDataDocument {
  const entry = document.regions.find((r) => r.internal_name === internalName);
  const now = entry && document.all_regions.find((r) => r.name === entry.public_name);
  if (!now || (now.state !== 'none' && now.state !== 'Building')) return document;
  if (now.state === 'Building' && now.target_available) return document;
  return {
    ...document,
    all_regions: document.all_regions.map((r) =>
      r === now ? { ...r, state: 'Building' as const, target_available: true } : r,
    ),
  };
}

/** The document without anything that names a deprecated region (ST-12). The same object where there is none. */
function withoutDeprecated(document: RegionDataDocument): RegionDataDocument {
  const deprecated = document.all_regions.filter((r) => r.state === 'Deprecated');
  if (deprecated.length === 0) return document;
  const known = visibleDocuments.get(document);
  if (known) return known;
  const publicNames = new Set(deprecated.map((r) => r.name));
  const internalNames = new Set(
    document.regions.filter((r) => publicNames.has(r.public_name)).map((r) => r.internal_name),
  );
  const visible = withoutRegions(document, { publicNames, internalNames });
  visibleDocuments.set(document, visible);
  return visible;
}

/** A pure function's results by the identity of its immutable argument. */
const visibleDocuments = new WeakMap<RegionDataDocument, RegionDataDocument>();

function realmWithRegions(realm: Attributes, { all_regions }: RegionDataDocument): Attributes {
  if (realm['regions'] !== undefined) return realm;
  return { ...realm, regions: all_regions.filter((r) => r.realm === realm['name']).map((r) => r.name) };
}

import { type Json } from '#libs/kernel';
import { type Attributes, type RegionDataDocument } from './region-data.js';

export interface RegionNames {
  readonly publicNames: ReadonlySet<string>;
  readonly internalNames: ReadonlySet<string>;
}

/**
 * Takes regions out of a document, and whatever names them: their entries, what stands in them, ViBEs from or to them, list
 * members that name them; any other attribute that does becomes null. A public name counts wherever it stands, an internal one
 * only where a region is meant (`region`, `internal_name`, `…_region`), for it may be a common word. O(size of the document).
 */
export function withoutRegions(document: RegionDataDocument, gone: RegionNames): RegionDataDocument {
  const named = (value: Json | undefined) =>
    typeof value === 'string' && (gone.publicNames.has(value) || gone.internalNames.has(value));
  return {
    realms: scrubEntries(document.realms, gone),
    regions: scrubEntries(
      document.regions.filter(
        (r) => !gone.internalNames.has(r.internal_name) && !gone.publicNames.has(r.public_name),
      ),
      gone,
    ),
    all_regions: scrubEntries(
      document.all_regions.filter((r) => !gone.publicNames.has(r.name)),
      gone,
    ),
    vibes: scrubEntries(
      document.vibes.filter((v) => !named(v.host_region) && !named(v.target_region)),
      gone,
    ),
    availability_domains: scrubEntries(
      document.availability_domains.filter((d) => !named(d.region)),
      gone,
    ),
    execution_targets: scrubEntries(
      document.execution_targets.filter((t) => !named(t.region)),
      gone,
    ),
    subsets: Object.fromEntries(
      Object.entries(document.subsets).map(([name, entries]) => [name, scrubList(entries, gone)]),
    ),
  };
}

/** Whether a value names one of the regions, itself or as the name of the object that it is. */
export function namesRegion(value: Json, names: RegionNames): boolean {
  if (typeof value === 'string') return names.publicNames.has(value);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  const object = value as Attributes;
  return ['name', 'public_name', 'internal_name', 'region'].some((key) => {
    const member = object[key];
    return (
      typeof member === 'string' &&
      (names.publicNames.has(member) || (key !== 'name' && names.internalNames.has(member)))
    );
  });
}

function scrubEntries<E extends Attributes>(entries: readonly E[], gone: RegionNames): readonly E[] {
  return entries.map((entry) => scrubObject(entry, gone) as E);
}

function scrubList(list: readonly Json[], gone: RegionNames): readonly Json[] {
  const kept = list.filter((value) => !namesRegion(value, gone)).map((value) => scrub(value, gone));
  return kept.length === list.length && kept.every((value, i) => value === list[i]) ? list : kept;
}

function scrub(value: Json, gone: RegionNames): Json {
  if (Array.isArray(value)) return scrubList(value as readonly Json[], gone);
  return value !== null && typeof value === 'object' ? scrubObject(value as Attributes, gone) : value;
}

function scrubObject(object: Attributes, gone: RegionNames): Attributes {
  let changed: Record<string, Json> | null = null;
  for (const [key, value] of Object.entries(object)) {
    const isReference = key === 'region' || key === 'internal_name' || key.endsWith('_region');
    const names =
      typeof value === 'string'
        ? gone.publicNames.has(value) || (isReference && gone.internalNames.has(value))
        : namesRegion(value, gone);
    const kept = names ? null : scrub(value, gone);
    if (kept !== value) (changed ??= { ...object })[key] = kept;
  }
  return changed ?? object;
}

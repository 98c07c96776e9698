import { stringify } from 'yaml';
import { type Json } from '#libs/kernel';
import { type Attributes, type RegionDataDocument } from '../contract/index.js';

/** Attributes that come first in an entry, in this order; the others follow by name. */
const first = {
  realms: ['name'],
  regions: ['internal_name', 'public_name', 'realm', 'code'],
  all_regions: ['name', 'realm', 'state', 'ViBE_region', 'target_available'],
  vibes: ['id', 'host_region', 'target_region'],
  availability_domains: ['name', 'region', 'realm'],
  execution_targets: ['name', 'region', 'availability_domain'],
} as const satisfies Partial<Record<keyof RegionDataDocument, readonly string[]>>;

/**
 * The one text of a document in a format: sets and attributes in a fixed order, entries in theirs. What is exported, imported
 * into an empty installation and exported again is the same to the byte.
 */
export function exportRegionData(document: RegionDataDocument, format: 'json' | 'yaml'): string {
  const ordered: Record<string, Json> = {};
  for (const [set, keys] of Object.entries(first)) {
    const entries = document[set as keyof typeof first] as readonly Attributes[];
    ordered[set] = entries.map((entry) => inOrder(entry, keys));
  }
  ordered['subsets'] = sorted(document.subsets);
  return format === 'json'
    ? `${JSON.stringify(ordered, null, 2)}\n`
    : stringify(ordered, { lineWidth: 0, aliasDuplicateObjects: false });
}

function inOrder(entry: Attributes, keys: readonly string[]): Attributes {
  const result: Record<string, Json> = {};
  for (const key of keys) if (entry[key] !== undefined) result[key] = sorted(entry[key]);
  for (const key of Object.keys(entry).sort())
    if (!keys.includes(key) && entry[key] !== undefined) result[key] = sorted(entry[key]);
  return result;
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const object = value as Attributes;
  return Object.fromEntries(
    Object.keys(object)
      .sort()
      .map((key) => [key, sorted(object[key]!)]),
  );
}

import { hasErrors, type Diagnostic, type Json } from '#libs/kernel';
import {
  regionStates,
  reservedSubsets,
  type AllRegionsEntry,
  type Attributes,
  type AvailabilityDomainEntry,
  type ExecutionTargetEntry,
  type RealmEntry,
  type RegionDataDocument,
  type RegionEntry,
  type RegionState,
  type VibeEntry,
} from '../contract/index.js';
import { stateFrom } from '../domain/index.js';
import { checkReferences } from './check-references.js';
import { DocumentProblems, pointer } from './document-problems.js';
import { sets, type SetName } from './sets.js';
import { readSourceText, type Path } from './source-text.js';
import { whatIsLost } from './what-is-lost.js';

export interface ParsedRegionData {
  /** Null where there are errors. A set that the text leaves out is empty; `documentToRegionData` completes it. */
  readonly document: RegionDataDocument | null;
  readonly present: ReadonlySet<SetName>;
  /** Internal name → attributes of `all_regions` that the text left out and a default stands for. */
  readonly defaulted: Readonly<Record<string, readonly string[]>>;
  readonly diagnostics: readonly Diagnostic[];
}

type Entries = readonly { readonly entry: Attributes; readonly path: Path }[];

/**
 * The region-data document of a JSON or YAML text (ARCHITECTURE, "Events"). Every entry that is malformed, doubled, or refers to
 * nothing in a set that is present is an error with its place. O(text).
 */
export function parseRegionData(text: string, filename: string): ParsedRegionData {
  const source = readSourceText(text, filename);
  const problems = new DocumentProblems(source);
  if (source.diagnostics.length > 0) return failed(source.diagnostics);
  const root = source.value;
  if (!isObject(root)) {
    problems.error(
      'region-data/not-a-document',
      [],
      'Region data is an object of sets',
      `Write { "realms": [...], "regions": [...], "all_regions": [...] }; further sets are ${sets.slice(3).join(', ')} and subsets.`,
    );
    return failed(problems.diagnostics);
  }
  for (const key of Object.keys(root)) {
    if (key === 'subsets' || sets.some((set) => set === key)) continue;
    problems.error(
      'region-data/unknown-set',
      [key],
      `There is no set "${key}"`,
      `The sets are ${sets.join(', ')}; a set of your own goes below \`subsets\`.`,
    );
  }
  const present = new Set(sets.filter((set) => root[set] !== undefined && root[set] !== null));
  const lists = Object.fromEntries(sets.map((set) => [set, entriesOf(root[set], [set], problems)])) as Record<
    SetName,
    Entries
  >;
  const defaults = new Map<string, readonly string[]>();
  const document: RegionDataDocument = {
    realms: read(lists.realms, (entry, path) => realm(entry, path, problems)),
    regions: read(lists.regions, (entry, path) => region(entry, path, problems)),
    all_regions: read(lists.all_regions, (entry, path) => allRegions(entry, path, problems, defaults)),
    vibes: read(lists.vibes, (entry, path) => vibe(entry, path, problems)),
    availability_domains: [],
    execution_targets: read(lists.execution_targets, (entry, path) => target(entry, path, problems)),
    subsets: subsetsOf(root['subsets'], problems),
  };
  const complete: RegionDataDocument = {
    ...document,
    availability_domains: read(lists.availability_domains, (entry, path) =>
      domain(entry, path, problems, document),
    ),
  };
  // References mean little while entries are malformed, and places would no longer match.
  if (!hasErrors(problems.diagnostics)) checkReferences(complete, present, problems);
  if (hasErrors(problems.diagnostics)) return failed(problems.diagnostics);
  const internal = new Map(complete.regions.map((r) => [r.public_name, r.internal_name]));
  return {
    document: complete,
    present,
    defaulted: Object.fromEntries([...defaults].map(([name, list]) => [internal.get(name) ?? name, list])),
    diagnostics: problems.diagnostics,
  };
}

function failed(diagnostics: readonly Diagnostic[]): ParsedRegionData {
  return { document: null, present: new Set(), defaulted: {}, diagnostics };
}

function read<E>(entries: Entries, one: (entry: Attributes, path: Path) => E | null): readonly E[] {
  return entries.flatMap(({ entry, path }) => one(entry, path) ?? []);
}

function entriesOf(value: unknown, path: Path, problems: DocumentProblems): Entries {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    problems.error(
      'region-data/not-a-list',
      path,
      `"${pointer(path)}" must be a list`,
      'Write its entries between [ and ].',
    );
    return [];
  }
  return value.flatMap((entry: unknown, index) => {
    const at = [...path, index];
    if (isObject(entry)) return isKept(entry, at, problems) ? [{ entry, path: at }] : [];
    problems.error(
      'region-data/not-an-entry',
      at,
      'An entry is an object of attributes',
      `${pointer(at)} is none. Write it as { "name": … }.`,
    );
    return [];
  });
}

function subsetsOf(value: unknown, problems: DocumentProblems): Readonly<Record<string, readonly Json[]>> {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) {
    problems.error(
      'region-data/not-an-object',
      ['subsets'],
      '`subsets` must be an object',
      'Write { "gov_regions": [...] }.',
    );
    return {};
  }
  for (const [name, entries] of Object.entries(value)) {
    const at = ['subsets', name];
    if (reservedSubsets.some((reserved) => reserved === name)) {
      problems.error(
        'subset/reserved-name',
        at,
        `"${name}" is a set of region data itself`,
        'Give the subset another name.',
      );
    } else if (!/^[A-Za-z_][A-Za-z0-9_-]{0,127}$/.test(name)) {
      problems.error(
        'region-data/invalid-identifier',
        at,
        `"${name}" cannot name a subset`,
        'Begin with a letter or "_", go on with letters, digits, "-" and "_".',
      );
    } else if (!Array.isArray(entries)) {
      problems.error(
        'region-data/not-a-list',
        at,
        `Subset "${name}" must be a list`,
        'Write its entries between [ and ].',
      );
    } else isKept(entries, at, problems);
  }
  return value as Readonly<Record<string, readonly Json[]>>;
}

function realm(entry: Attributes, path: Path, problems: DocumentProblems): RealmEntry | null {
  const name = identifier(entry, path, 'name', problems);
  return name === undefined ? null : { ...entry, name };
}

function region(entry: Attributes, path: Path, problems: DocumentProblems): RegionEntry | null {
  const internal_name = identifier(entry, path, 'internal_name', problems);
  const public_name = identifier(entry, path, 'public_name', problems);
  const inRealm = problems.text(entry, path, 'realm');
  if (internal_name === undefined || public_name === undefined || inRealm === undefined) return null;
  return { ...entry, internal_name, public_name, realm: inRealm };
}

function allRegions(
  entry: Attributes,
  path: Path,
  problems: DocumentProblems,
  defaults: Map<string, readonly string[]>,
): AllRegionsEntry | null {
  const name = identifier(entry, path, 'name', problems);
  const inRealm = problems.text(entry, path, 'realm');
  const state = entry['state'] === undefined ? 'none' : stateFrom(entry['state']);
  if (state === undefined) unknownState(entry['state']!, [...path, 'state'], problems);
  const ViBE_region = entry['ViBE_region'] ?? null;
  if (ViBE_region !== null && typeof ViBE_region !== 'string') {
    problems.error(
      'region-data/wrong-type',
      [...path, 'ViBE_region'],
      '"ViBE_region" must be the id of a ViBE, or null',
      'Name the `id` of an entry of `vibes`.',
    );
  }
  const target_available =
    entry['target_available'] ?? !(typeof ViBE_region === 'string' && state === 'none');
  if (typeof target_available !== 'boolean') {
    problems.error(
      'region-data/wrong-type',
      [...path, 'target_available'],
      '"target_available" must be true or false',
      'Set it to true once the target region can be reached.',
    );
  }
  if (name === undefined || inRealm === undefined || state === undefined) return null;
  const absent = ['state', 'ViBE_region', 'target_available'].filter((a) => entry[a] === undefined);
  if (absent.length > 0) defaults.set(name, absent);
  return {
    ...entry,
    name,
    realm: inRealm,
    state,
    ViBE_region: ViBE_region as string | null,
    target_available: target_available as boolean,
  };
}

function unknownState(value: Json, path: Path, problems: DocumentProblems): void {
  const near = regionStates.find(
    (s): s is RegionState => s.toLowerCase() === JSON.stringify(value).replaceAll('"', '').toLowerCase(),
  );
  problems.error(
    'region/unknown-state',
    path,
    `${JSON.stringify(value)} is no state of a region`,
    near ? `Write it exactly as "${near}".` : `Write one of ${regionStates.join(', ')}.`,
  );
}

function vibe(entry: Attributes, path: Path, problems: DocumentProblems): VibeEntry | null {
  const id = identifier(entry, path, 'id', problems);
  const host_region = problems.text(entry, path, 'host_region');
  const target_region = problems.text(entry, path, 'target_region');
  if (id === undefined || host_region === undefined || target_region === undefined) return null;
  return { ...entry, id, host_region, target_region };
}

/** A domain that names no realm is in that of its region. */
function domain(
  entry: Attributes,
  path: Path,
  problems: DocumentProblems,
  { regions, all_regions }: RegionDataDocument,
): AvailabilityDomainEntry | null {
  const name = identifier(entry, path, 'name', problems);
  const inRegion = problems.text(entry, path, 'region');
  const own = regions.find((r) => r.internal_name === inRegion || r.public_name === inRegion);
  const derived = own?.realm ?? all_regions.find((r) => r.name === inRegion)?.realm;
  const realmOf = problems.text({ realm: entry['realm'] ?? derived ?? null }, path, 'realm');
  if (name === undefined || inRegion === undefined || realmOf === undefined) return null;
  return { ...entry, name, region: inRegion, realm: realmOf };
}

function target(entry: Attributes, path: Path, problems: DocumentProblems): ExecutionTargetEntry | null {
  const name = identifier(entry, path, 'name', problems);
  const inRegion = problems.text(entry, path, 'region');
  const availability_domain = entry['availability_domain'] ?? null;
  if (availability_domain !== null && typeof availability_domain !== 'string') {
    problems.error(
      'region-data/wrong-type',
      [...path, 'availability_domain'],
      '"availability_domain" must be a name, or null',
      'Name an availability domain of the same region.',
    );
    return null;
  }
  if (name === undefined || inRegion === undefined) return null;
  return { ...entry, name, region: inRegion, availability_domain };
}

function identifier(
  entry: Attributes,
  path: Path,
  member: string,
  problems: DocumentProblems,
): string | undefined {
  const value = problems.text(entry, path, member);
  if (value === undefined || /^[A-Za-z0-9_-]{1,128}$/.test(value)) return value;
  problems.error(
    'region-data/invalid-identifier',
    [...path, member],
    `"${value.slice(0, 200)}" cannot be a \`${member}\``,
    'Use 1 to 128 letters, digits, "-" and "_".',
  );
  return undefined;
}

function isObject(value: unknown): value is Attributes {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a record would give the value back as it came; an error with its place where not. */
function isKept(value: unknown, path: Path, problems: DocumentProblems): boolean {
  const lost = whatIsLost(value, path);
  if (lost === null) return true;
  problems.error('region-data/not-json', lost.path, lost.summary, lost.detail);
  return false;
}

import { hasErrors } from '#libs/kernel';
import { type RegionDataDocument } from '../contract/index.js';
import { type DocumentProblems, pointer } from './document-problems.js';
import { type SetName } from './sets.js';
import { type Path } from './source-text.js';

/** A region by one of its names, as far as the document tells. */
interface Region {
  readonly internal: string;
  readonly realm: string;
}

/** Doubled names, references to nothing in a set that is present, regions without their partner. Entry n stands at path `[set, n]`. */
export function checkReferences(
  document: RegionDataDocument,
  present: ReadonlySet<SetName>,
  problems: DocumentProblems,
): void {
  const { realms, regions, all_regions, vibes, availability_domains, execution_targets } = document;
  const byName = regionNames(document, problems);
  const knowsRegions = present.has('regions') || present.has('all_regions');
  const realmNames = unique(
    realms.map((r) => r.name),
    'realms',
    'name',
    problems,
  );
  unique(
    all_regions.map((r) => r.name),
    'all_regions',
    'name',
    problems,
  );
  unique(
    vibes.map((v) => v.id),
    'vibes',
    'id',
    problems,
  );

  const refersTo = (known: boolean, value: string, path: Path, kind: string, set: SetName) => {
    if (known || !present.has(set)) return;
    problems.error(
      'region-data/unknown-reference',
      path,
      `There is no ${kind} "${value}"`,
      `${pointer(path)} names it, and \`${set}\` has no such entry. Add it there, or name one that exists.`,
    );
  };
  const region = (value: string, path: Path): Region | undefined => {
    const found = byName.get(value);
    if (knowsRegions)
      refersTo(
        found !== undefined,
        value,
        path,
        'region',
        present.has('regions') ? 'regions' : 'all_regions',
      );
    return found;
  };

  const partners = new Map(all_regions.map((r) => [r.name, r]));
  const publicNames = new Map(regions.map((r) => [r.public_name, r]));
  const paired = present.has('regions') && present.has('all_regions');
  regions.forEach((entry, i) => {
    refersTo(realmNames.has(entry.realm), entry.realm, ['regions', i, 'realm'], 'realm', 'realms');
    const partner = partners.get(entry.public_name);
    if (paired && !partner) lonely(problems, ['regions', i], entry.public_name, 'all_regions', 'name');
    if (partner && partner.realm !== entry.realm) {
      problems.error(
        'region-data/realms-differ',
        ['regions', i, 'realm'],
        `"${entry.public_name}" is in realm "${entry.realm}" here and in "${partner.realm}" in \`all_regions\``,
        'A region is in exactly one realm. Give both entries the same.',
      );
    }
  });
  all_regions.forEach((entry, i) => {
    refersTo(realmNames.has(entry.realm), entry.realm, ['all_regions', i, 'realm'], 'realm', 'realms');
    if (paired && !publicNames.has(entry.name))
      lonely(problems, ['all_regions', i], entry.name, 'regions', 'public_name');
    const id = entry.ViBE_region;
    if (id === null) return;
    const at = ['all_regions', i, 'ViBE_region'];
    const vibe = vibes.find((v) => v.id === id);
    refersTo(vibe !== undefined, id, at, 'ViBE', 'vibes');
    if (vibe && byName.get(vibe.target_region)?.internal !== byName.get(entry.name)?.internal) {
      problems.error(
        'region/vibe-of-another-region',
        at,
        `ViBE "${id}" builds "${vibe.target_region}", not "${entry.name}"`,
        'Name a ViBE whose `target_region` is this region.',
      );
    }
  });
  vibes.forEach((entry, i) => {
    const host = region(entry.host_region, ['vibes', i, 'host_region']);
    const target = region(entry.target_region, ['vibes', i, 'target_region']);
    if (!host || host.internal !== target?.internal) return;
    problems.error(
      'vibe/hosts-itself',
      ['vibes', i, 'host_region'],
      `ViBE "${entry.id}" would be hosted in the region that it builds`,
      'Name another region as its `host_region`.',
    );
  });
  const domains = new Set<string>();
  availability_domains.forEach((entry, i) => {
    const at = ['availability_domains', i];
    const found = region(entry.region, [...at, 'region']);
    refersTo(realmNames.has(entry.realm), entry.realm, [...at, 'realm'], 'realm', 'realms');
    if (found && found.realm !== entry.realm) {
      problems.error(
        'region-data/realms-differ',
        [...at, 'realm'],
        `Region "${entry.region}" is in realm "${found.realm}", not "${entry.realm}"`,
        'An availability domain is in the realm of its region.',
      );
    }
    once(domains, `${found?.internal ?? entry.region}/${entry.name}`, [...at, 'name'], entry.name, problems);
  });
  const targets = new Set<string>();
  const served = new Set<string>();
  execution_targets.forEach((entry, i) => {
    const at = ['execution_targets', i];
    const internal = region(entry.region, [...at, 'region'])?.internal ?? entry.region;
    served.add(internal);
    once(targets, `${internal}/${entry.name}`, [...at, 'name'], entry.name, problems);
    const domain = entry.availability_domain;
    if (domain === null) return;
    refersTo(
      domains.has(`${internal}/${domain}`),
      domain,
      [...at, 'availability_domain'],
      `availability domain of region "${entry.region}" named`,
      'availability_domains',
    );
  });
  if (!hasErrors(problems.diagnostics)) warnUnserved(document, present, served, problems);
}

function regionNames(
  { regions, all_regions }: RegionDataDocument,
  problems: DocumentProblems,
): ReadonlyMap<string, Region> {
  const names = new Map<string, Region>();
  regions.forEach(({ internal_name, public_name, realm }, i) => {
    for (const [member, name] of Object.entries({ internal_name, public_name })) {
      const other = names.get(name);
      if (other && (other.internal !== internal_name || member === 'internal_name')) {
        problems.error(
          'region/exists',
          ['regions', i, member],
          `There is a region "${name}" already`,
          'Internal and public names are one space: every name means one region. Choose another.',
        );
      } else names.set(name, { internal: internal_name, realm });
    }
  });
  for (const { name, realm } of all_regions) if (!names.has(name)) names.set(name, { internal: name, realm });
  return names;
}

function unique(
  names: readonly string[],
  set: SetName,
  member: string,
  problems: DocumentProblems,
): ReadonlySet<string> {
  const seen = new Set<string>();
  names.forEach((name, i) => {
    once(seen, name, [set, i, member], name, problems);
  });
  return seen;
}

function once(seen: Set<string>, key: string, path: Path, name: string, problems: DocumentProblems): void {
  if (!seen.has(key)) {
    seen.add(key);
    return;
  }
  problems.error(
    'region-data/doubled',
    path,
    `"${name}" stands twice in \`${path[0] ?? ''}\``,
    'Leave out one of the entries, or give it another name.',
  );
}

function lonely(problems: DocumentProblems, path: Path, name: string, set: SetName, by: string): void {
  problems.error(
    'region-data/no-partner',
    path,
    `Region "${name}" has no entry in \`${set}\``,
    `Every region stands in both sets. Add an entry to \`${set}\` whose \`${by}\` is "${name}".`,
  );
}

/** RD-02: a region is one or more execution targets; without any it cannot be built. */
function warnUnserved(
  { regions, all_regions }: RegionDataDocument,
  present: ReadonlySet<SetName>,
  served: ReadonlySet<string>,
  problems: DocumentProblems,
): void {
  const list = present.has('regions')
    ? regions.map((r, i) => ({
        name: r.public_name,
        internal: r.internal_name,
        path: ['regions', i] as Path,
      }))
    : all_regions.map((r, i) => ({ name: r.name, internal: r.name, path: ['all_regions', i] as Path }));
  const unserved = list.filter(({ internal }) => !served.has(internal));
  if (!present.has('execution_targets')) {
    if (unserved.length === 0) return;
    problems.warning(
      'region/no-execution-targets',
      [],
      'There are no execution targets',
      `None of ${unserved.length} regions can be built from this data alone. List their places in \`execution_targets\`.`,
    );
    return;
  }
  for (const { name, path } of unserved) {
    problems.warning(
      'region/no-execution-targets',
      path,
      `Region "${name}" has no execution target`,
      'It cannot be built. Add an entry to `execution_targets` that names it.',
    );
  }
}

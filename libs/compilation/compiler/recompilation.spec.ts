import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hasErrors, type Json } from '#libs/kernel';
import {
  changedPathsOf,
  distinct,
  forecastOf,
  type ChangedPath,
  type RegionDataCommand,
  type RegionDataDocument,
  type StateCause,
} from '#libs/region-data/contract';
import { documentOf, emptyRegionData, regionDataDecider } from '#libs/region-data/domain';
import { compileTargets } from '../domain/compile-targets.js';
import { fleetOf } from '../domain/fleet.js';
import { flockKey, selectedVersions } from '../domain/selected-versions.js';
import { flock } from '../domain/testing/fixtures.js';
import { FleetCompiler, type LoadedVersions } from './fleet-compiler.js';

const context = {
  commandId: 'c',
  actor: 'ada',
  occurredAt: '2026-01-01T00:00:00.000Z',
  correlationId: 'x',
  ticket: 'CHG-1',
};

/** Region data after commands, by the decider itself; what it refuses changes nothing. */
class RegionDataSteps {
  private state = emptyRegionData;

  get document(): RegionDataDocument {
    return documentOf(this.state);
  }

  carryOut(commands: readonly RegionDataCommand[]): readonly ChangedPath[] {
    const changes: ChangedPath[] = [];
    for (const command of commands) {
      const outcome = regionDataDecider.decide(command, this.state, context);
      if ('refused' in outcome) continue;
      for (const event of outcome) {
        changes.push(...changedPathsOf(event, this.document));
        this.state = regionDataDecider.evolve(this.state, event);
      }
    }
    return distinct(changes);
  }
}

const start: readonly RegionDataCommand[] = [
  { type: 'AddRealm', realm: 'realm1', attributes: { tier: 1 } },
  { type: 'AddRealm', realm: 'realm2' },
  ...['sea', 'tac', 'boi'].flatMap((region, i): RegionDataCommand[] => [
    {
      type: 'AddRegion',
      region,
      public_name: `us-${region}-1`,
      realm: i === 2 ? 'realm2' : 'realm1',
      attributes: { dns: 'a', code: region.toUpperCase(), net: { cidr: '10.0.0.0/16', zones: ['x'] } },
    },
    { type: 'AddAvailabilityDomain', region, name: `${region}-ad` },
    { type: 'AddExecutionTarget', region, name: `${region}-dc`, availability_domain: `${region}-ad` },
  ]),
  { type: 'DefineSubset', subset: 'west', entries: ['us-sea-1', { name: 'us-tac-1', weight: 1 }] },
];

const regions = ['sea', 'tac', 'boi', 'new'];
const anyRegion = fc.constantFrom(...regions);
const anyValue = fc.constantFrom<Json>(
  'a',
  'b',
  1,
  null,
  ['x', 'y'],
  { cidr: '10.1.0.0/16' },
  { k: { l: 'm' } },
);
const anyEdit = fc.oneof(
  fc
    .tuple(fc.constantFrom('dns', 'net', 'code', 'extra'), anyValue)
    .map(([name, to]) => ({ set: { [name]: to } })),
  fc.constantFrom('dns', 'net', 'extra').map((name) => ({ unset: [name] })),
);
const facts = { missingFlocks: [], resources: [] };

const anyCommand: fc.Arbitrary<RegionDataCommand> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(anyRegion, anyEdit)
      .map(([region, edit]) => ({ type: 'EditRegion', region, facts, ...edit }) as const),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        anyRegion,
        fc.constantFrom('none', 'Building', 'Production', 'Paused', 'Deprecated'),
        fc.constantFrom<StateCause>({ by: 'user' }, { by: 'mfo', build: 'b', covers: '0' }),
      )
      .map(([region, to, cause]) => ({ type: 'ChangeRegionState', region, to, facts, cause }) as const),
  },
  anyRegion.map((region) => ({ type: 'RemoveRegion', region, facts }) as const),
  anyRegion.map(
    (region) =>
      ({
        type: 'AddRegion',
        region,
        public_name: `us-${region}-1`,
        realm: 'realm1',
        attributes: { dns: 'c' },
      }) as const,
  ),
  anyRegion.map(
    (region) => ({ type: 'EditRegion', region, facts, set: { public_name: `eu-${region}-1` } }) as const,
  ),
  anyEdit.map((edit) => ({ type: 'EditRealm', realm: 'realm1', ...edit }) as const),
  fc
    .tuple(anyRegion, anyEdit)
    .map(
      ([region, edit]) => ({ type: 'EditExecutionTarget', region, name: `${region}-dc`, ...edit }) as const,
    ),
  fc
    .tuple(anyRegion, fc.constantFrom('dc', 'dc2'))
    .map(([region, name]) => ({ type: 'AddExecutionTarget', region, name: `${region}-${name}` }) as const),
  anyRegion.map((region) => ({ type: 'RemoveExecutionTarget', region, name: `${region}-dc` }) as const),
  anyRegion.map((region) => ({ type: 'RemoveAvailabilityDomain', region, name: `${region}-ad` }) as const),
  fc
    .tuple(anyRegion, anyRegion)
    .map(
      ([host, target]) => ({ type: 'AddVibe', vibe: 'v', host_region: host, target_region: target }) as const,
    ),
  anyEdit.map((edit) => ({ type: 'EditVibe', vibe: 'v', ...edit }) as const),
  fc.constant({ type: 'RemoveVibe', vibe: 'v' } as const),
  fc
    .array(fc.constantFrom<Json>('us-sea-1', 'us-boi-1', { name: 'us-tac-1', weight: 2 }), { maxLength: 3 })
    .map((entries) => ({ type: 'DefineSubset', subset: 'west', entries }) as const),
);

const sets = [
  'all_regions',
  'regions',
  'realms',
  'vibes',
  'availability_domains',
  'execution_targets',
  'west',
];
const anySet = fc.constantFrom(...sets).map((name) => `local.${name}`);
const anyName = fc.constantFrom(
  'name',
  'dns',
  'net',
  'code',
  'extra',
  'state',
  'realm',
  'regions',
  'ViBE_region',
);

/** Expressions over the fleet's sets, and over one entry of them called `x`. */
const ofEntry = (x: string): fc.Arbitrary<string> =>
  fc.oneof(
    anyName.map((name) => `try(${x}.${name}, "none")`),
    anyName.map((name) => `try(${x}["${name}"], "none")`),
    anyName.map((name) => `can(${x}.${name})`),
    anyName.map((name) => `lookup(${x}, "${name}", "none")`),
    anyName.map((name) => `lookup(merge(${x}, { more = 1 }), "${name}", "none")`),
    anyName.map((name) => `try(merge({ ${name} = "b" }, ${x}).${name}, "none")`),
    anyName.map((name) => `contains(keys(${x}), "${name}")`),
    anyName.map((name) => `try(${x}.${name} == "a", false)`),
    anyName.map((name) => `try(length(${x}.${name}), -1)`),
    anyName.map((name) => `"\${try(jsonencode(${x}.${name}), "")}!"`),
    fc.constant(`try(${x}.net.cidr, "none")`),
    fc.constant(`try(${x}.net.zones[0], "none")`),
    fc.constant(`jsonencode(try(values(${x}), []))`),
    fc.constant(`${x} == null`),
    fc.constant(`try({ for k, v in ${x} : k => k if k != "name" }, {})`),
    fc.constant(`try({ for k, v in ${x} : k => v if v == "a" }, {})`),
    fc.constant(`length(try(keys(${x}), []))`),
    fc.constant(x),
  );
const ofFleet: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(anySet, ofEntry('x')).map(([set, e]) => `[for x in ${set} : ${e}]`),
  fc.tuple(anySet, ofEntry('x')).map(([set, e]) => `[for i, x in ${set} : i if ${e} != "none"]`),
  fc.tuple(anySet, ofEntry('x')).map(([set, e]) => `{ for x in ${set} : jsonencode(${e}) => 1... }`),
  fc.tuple(anySet, anyName).map(([set, name]) => `try(${set}[*].${name}, [])`),
  fc.tuple(anySet, anyName).map(([set, name]) => `try(${set}[0].${name}, "none")`),
  fc.tuple(anySet, ofEntry('x')).map(([set, e]) => `[for x in reverse(${set}) : ${e}]`),
  fc.tuple(anySet, anySet, ofEntry('x')).map(([a, b, e]) => `[for x in concat(${a}, ${b}) : ${e}]`),
  fc
    .tuple(anySet, ofEntry('x'))
    .map(([set, e]) => `[for x in slice(${set}, 0, min(1, length(${set}))) : ${e}]`),
  fc.tuple(anySet, ofEntry('element(S, 0)')).map(([set, e]) => `try(${e.replaceAll('S', set)}, "none")`),
  fc.tuple(anySet, ofEntry('one(S)')).map(([set, e]) => `try(${e.replaceAll('S', set)}, "none")`),
  anySet.map((set) => `length(${set})`),
  anySet.map((set) => `contains(${set}, "us-sea-1")`),
  anySet.map((set) => `jsonencode(${set})`),
  fc.tuple(anySet, anySet).map(([a, b]) => `${a} == ${b}`),
  fc
    .tuple(anySet, anySet, ofEntry('x'))
    .map(([a, b, e]) => `[for x in (length(${a}) > 1 ? ${b} : []) : ${e}]`),
);
const ofRegion: fc.Arbitrary<string> = fc.oneof(
  ofEntry('local.region'),
  ofEntry('local.realm'),
  ofEntry('local.execution_target'),
);

const filters = [
  'true',
  'r.state == "Building"',
  'r.state != "none"',
  'try(r.dns == "a", false)',
  'r.target_available',
  'can(r.extra)',
];
const targets: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(fc.constantFrom(...filters), ofEntry('each.value')).map(
    ([filter, zone]) => `resource "execution_target" "t" {
  for_each = { for r in local.all_regions : r.name => r if ${filter} }
  name     = each.key
  region   = each.value
  zone     = ${zone}
}`,
  ),
  fc.tuple(fc.constantFrom(...filters), ofFleet).map(
    ([filter, zone]) => `locals {
  chosen = [for r in local.all_regions : r if ${filter}]
  zone   = ${zone}
}
resource "execution_target" "t" {
  count  = length(local.chosen)
  name   = "t\${count.index}"
  region = local.chosen[count.index].name
  zone   = local.zone
}`,
  ),
  fc.constantFrom(
    `resource "execution_target" "t" {\n  for_each = { for p in local.execution_targets : "\${p.region}-\${p.name}" => p }\n  name     = each.key\n  region   = each.value.region\n  place    = each.value.name\n}`,
    `resource "execution_target" "t" {\n  name   = "t"\n  region = "us-boi-1"\n}`,
    `resource "execution_target" "t" {\n  name   = "t"\n  region = join("-", ["eu", "sea", "1"])\n}`,
    `resource "execution_target" "t" {\n  name   = "t"\n  region = join("-", ["us", "sea", "1"])\n}`,
    `resource "execution_target" "t" {\n  for_each = { for r in local.regions : r.internal_name => r }\n  name     = each.key\n  region   = each.key\n}`,
  ),
);
const anyFlock = fc.tuple(targets, ofFleet, ofRegion, ofRegion).map(
  ([target, fleet, here, shared]) => `${target}
locals {
  fleet  = ${fleet}
  shared = ${shared}
}
resource "infrastructure_component" "c" {
  kind   = "vm"
  fleet  = local.fleet
  here   = ${here}
  shared = local.shared
}`,
);

function loaded(texts: readonly string[]): LoadedVersions {
  const named = texts.map((text, i) => ({ name: `f${i}`, text }));
  const entries = { flocks: Object.fromEntries(named.map(({ name }) => [name, '1'])), artifacts: {} };
  return {
    selected: selectedVersions({ target: entries, vibe: entries, pins: new Map() }),
    flocks: new Map(
      named.map(({ name, text }) => {
        const key = flockKey(name, '1');
        return [key, { key, flock: name, version: '1', parsed: flock(text, { name }) }];
      }),
    ),
    artifact: () => null,
  };
}

/** Results by what they are of. One with errors may be a former one, so that only its errors are compared. */
function results(compiler: FleetCompiler, watched: readonly string[]): ReadonlyMap<string, string> {
  const all = new Map<string, string>();
  const broken = new Set<string>();
  for (const t of compiler.targets()) {
    if (hasErrors(t.diagnostics)) broken.add(t.flock);
    all.set(
      t.flock,
      hasErrors(t.diagnostics) ? JSON.stringify(t.diagnostics) : `${t.digest} ${t.reads.join(' ')}`,
    );
  }
  for (const region of watched)
    for (const forecast of [false, true])
      for (const r of compiler.region(region, forecast))
        if (!broken.has(r.flock))
          all.set(
            `${r.flock} ${region}${forecast ? ' forecast' : ''}`,
            hasErrors(r.diagnostics) ? 'errors' : `${r.digest} ${r.reads.join(' ')}`,
          );
  return all;
}

/** Targets in the forecast of a region by flock: as the compiler has them, and each flock compiled by itself, sharing nothing. */
function forecastTargets(
  compiler: FleetCompiler,
  { flocks }: LoadedVersions,
  document: RegionDataDocument,
  region: string,
) {
  const fleet = fleetOf(forecastOf(document, region));
  const results = new Map(compiler.region(region, true).map((r) => [r.flock, r]));
  return [...flocks.values()].flatMap(({ flock: name, parsed, version }) => {
    const { targets, diagnostics } = compileTargets(parsed, version, fleet).result;
    const found = results.get(name);
    if (hasErrors(diagnostics) || hasErrors(found?.diagnostics ?? [])) return [];
    const anew = targets.filter((t) => t.region === region);
    return [{ name, incremental: found?.targets.map((t) => t.target) ?? [], anew }];
  });
}

it('never compiles too little: after any edits all results are those of a compiler that starts there', () => {
  fc.assert(
    fc.property(
      fc.array(anyFlock, { minLength: 4, maxLength: 8 }),
      fc.array(fc.array(anyCommand, { minLength: 1, maxLength: 3 }), { maxLength: 6 }),
      (texts, edits) => {
        const watched = ['sea', 'boi'];
        const versions = loaded(texts);
        const regionData = new RegionDataSteps();
        regionData.carryOut(start);
        const compiler = new FleetCompiler(fleetOf(regionData.document), versions);
        for (const region of watched) compiler.watch(region, versions, { forecast: true });
        for (const commands of edits) {
          const changes = regionData.carryOut(commands);
          compiler.advance(fleetOf(regionData.document), changes);
          const anew = new FleetCompiler(fleetOf(regionData.document), versions);
          for (const region of watched) anew.watch(region, versions, { forecast: true });
          expect(results(compiler, watched)).toEqual(results(anew, watched));
          for (const region of watched)
            for (const { name, incremental, anew } of forecastTargets(
              compiler,
              versions,
              regionData.document,
              region,
            ))
              expect([name, incremental]).toEqual([name, anew]);
        }
      },
    ),
    { numRuns: Number(process.env['CIOS_LAW_RUNS'] ?? 40) },
  );
});

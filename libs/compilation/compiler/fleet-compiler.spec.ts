import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { changedPathsOf, type RegionDataDocument, type RegionDataEvent } from '#libs/region-data/contract';
import { fleetOf } from '../domain/fleet.js';
import { flockKey, selectedVersions } from '../domain/selected-versions.js';
import { building, flock, regionData, type SomeRegion } from '../domain/testing/fixtures.js';
import { FleetCompiler, type LoadedVersions } from './fleet-compiler.js';

const regions: readonly SomeRegion[] = [
  { name: 'us-seattle-1', internal: 'sea', state: 'Building', dns_suffix: 'sea.example', code: 1 },
  { name: 'us-tacoma-1', internal: 'tac', state: 'Production', dns_suffix: 'tac.example', code: 2 },
  { name: 'us-boise-1', internal: 'boi', state: 'none', dns_suffix: 'boi.example', code: 3 },
];

const texts: Readonly<Record<string, string>> = {
  // Reads dns_suffix where targets are compiled.
  zone: `
    resource "execution_target" "t" {
      for_each = { for r in local.all_regions : r.name => r if r.state == "Building" }
      name     = each.key
      region   = each.value
      zone     = each.value.dns_suffix
    }
    resource "infrastructure_component" "c" { kind = local.execution_target.zone }`,
  // Reads it where resources are.
  host: `${building}resource "infrastructure_component" "c" {\n kind = "vm"\n name = local.region.dns_suffix\n}`,
  // Reads code of all regions.
  codes: `${building}locals {\n codes = [for r in local.all_regions : r.code]\n}\nresource "infrastructure_component" "c" {\n kind = "vm"\n codes = local.codes\n}`,
  // Reads the state alone.
  plain: `${building}resource "infrastructure_component" "c" { kind = "vm" }`,
  // Names one region.
  literal: `resource "execution_target" "t" {\n name = "t"\n region = "us-boise-1"\n}\nresource "infrastructure_component" "c" { kind = "vm" }`,
};

/** Has two targets of one name in the region in Production as soon as boise is Building. */
const clashing = `
  resource "execution_target" "t" {
    for_each = { for r in local.all_regions : r.name => r }
    name     = "t"
    region   = each.value
  }
  resource "execution_target" "more" {
    for_each = { for r in local.all_regions : r.name => r if r.state == "Production" && anytrue([for b in local.all_regions : b.state == "Building" if b.code == 3]) }
    name     = "t"
    region   = each.value
  }
  resource "infrastructure_component" "c" { kind = "vm" }`;

function loaded(which: readonly string[] = Object.keys(texts), version = '1'): LoadedVersions {
  const entries = { flocks: Object.fromEntries(which.map((name) => [name, version])), artifacts: {} };
  return {
    selected: selectedVersions({ target: entries, vibe: entries, pins: new Map() }),
    flocks: new Map(
      which.map((name) => [
        flockKey(name, version),
        {
          key: flockKey(name, version),
          flock: name,
          version,
          parsed: flock(texts[name] ?? clashing, { name }),
        },
      ]),
    ),
    artifact: () => null,
  };
}

/** An edit of region data: the document after it and the paths that it touched. */
function edit(before: RegionDataDocument, event: RegionDataEvent) {
  const changes = changedPathsOf(event, before);
  const { region } = event.data as { region: string };
  const publicName = before.regions.find((r) => r.internal_name === region)!.public_name;
  const change = (patch: Record<string, unknown>): RegionDataDocument => ({
    ...before,
    all_regions: before.all_regions.map((r) =>
      r.name === publicName ? ({ ...r, ...patch } as typeof r) : r,
    ),
  });
  if (event.type === 'RegionStateChanged') return { document: change({ state: event.data.to }), changes };
  if (event.type === 'RegionEdited')
    return {
      document: change(Object.fromEntries(event.data.changes.map((c) => [c.attribute, c.to]))),
      changes,
    };
  throw new Error(event.type);
}

const set = (region: string, attribute: string, to: string | number): RegionDataEvent => ({
  type: 'RegionEdited',
  data: { region, changes: [{ set: 'all_regions', attribute, from: 'whatever it was', to }] },
});
const state = (region: string, from: string, to: string): RegionDataEvent => ({
  type: 'RegionStateChanged',
  data: { region, from: from as 'none', to: to as 'none', cause: { by: 'user' } },
});

const shown = (compiler: FleetCompiler, watched: readonly string[]) => ({
  targets: compiler.targets().map((t) => [t.flock, t.digest, t.reads]),
  regions: watched.map((r) => [
    compiler.region(r, false).map((f) => [f.flock, f.digest, f.reads]),
    compiler.region(r, true).map((f) => [f.flock, f.digest, f.reads]),
  ]),
});

const names = (rows: readonly { readonly flock: string }[]) => [...new Set(rows.map((r) => r.flock))].sort();

describe('the incremental compiler', () => {
  it('compiles only the readers of a change, in targets and in resources', () => {
    const versions = loaded();
    const document = regionData(regions);
    const compiler = new FleetCompiler(fleetOf(document), versions);
    compiler.watch('sea', versions, { forecast: true });
    const step = edit(document, set('sea', 'dns_suffix', 'new.example'));
    const outcome = compiler.advance(fleetOf(step.document), step.changes);
    expect(names(outcome.recompiled)).toEqual(['host', 'zone']);
    expect([...outcome.changed].sort()).toEqual(['host', 'zone']);
    expect([...outcome.regions]).toEqual(['sea']);
    const host = outcome.recompiled.find((r) => r.flock === 'host' && r.stage === 'resources');
    expect(host).toMatchObject({ region: 'sea', reads: ['local.region.dns_suffix'], errors: 0 });
  });

  it('does nothing for an attribute that nobody reads, and for another region only what reads all of them', () => {
    const versions = loaded();
    const document = regionData(regions);
    const compiler = new FleetCompiler(fleetOf(document), versions);
    compiler.watch('sea', versions);
    const unread = edit(document, set('sea', 'colour', 'red'));
    expect(compiler.advance(fleetOf(unread.document), unread.changes).recompiled).toEqual([]);
    const elsewhere = edit(unread.document, set('tac', 'dns_suffix', 'x'));
    expect(names(compiler.advance(fleetOf(elsewhere.document), elsewhere.changes).recompiled)).toEqual([
      'zone',
    ]);
  });

  it('stops where a result is equal', () => {
    const versions = loaded(['zone', 'plain']);
    const document = regionData(regions);
    const compiler = new FleetCompiler(fleetOf(document), versions);
    // zone reads dns_suffix of the regions that are Building; tac is none of them.
    const step = edit(document, set('tac', 'dns_suffix', 'elsewhere'));
    const outcome = compiler.advance(fleetOf(step.document), step.changes);
    expect(names(outcome.recompiled)).toEqual(['zone']);
    expect([...outcome.changed]).toEqual([]);
    expect([...outcome.regions]).toEqual([]);
  });

  it('has what will be in the forecast of a region that is not Building yet', () => {
    const versions = loaded(['plain', 'literal']);
    const document = regionData(regions);
    const compiler = new FleetCompiler(fleetOf(document), versions);
    compiler.watch('boi', versions, { forecast: true });
    expect(compiler.region('boi', false).map((f) => f.flock)).toEqual(['literal']);
    expect(compiler.region('boi', true).map((f) => f.flock)).toEqual(['literal', 'plain']);
    const step = edit(document, state('boi', 'none', 'Building'));
    const outcome = compiler.advance(fleetOf(step.document), step.changes);
    expect(outcome.regions.has('boi')).toBe(true);
    expect(compiler.region('boi', false).map((f) => f.flock)).toEqual(['literal', 'plain']);
    expect(compiler.region('boi', true)).toEqual(compiler.region('boi', false));
  });

  it('says in a forecast what would be wrong with targets of other regions, and why it was evaluated', () => {
    const versions = loaded(['clash']);
    const document = regionData(regions);
    const compiler = new FleetCompiler(fleetOf(document), versions);
    compiler.watch('boi', versions, { forecast: true });
    const codes = (forecast: boolean) =>
      compiler.region('boi', forecast).map((f) => f.diagnostics.map((d) => d.code));
    expect(codes(false)).toEqual([[]]);
    expect(codes(true)).toEqual([['flock/duplicate-target']]);
    const step = edit(document, state('tac', 'Production', 'Paused'));
    const { recompiled } = compiler.advance(fleetOf(step.document), step.changes);
    expect(recompiled.map(({ region, reads }) => [region, reads])).toEqual([
      [undefined, ['local.all_regions[*].state']],
      ['boi', ['local.all_regions[*].state']],
      ['boi', []],
    ]);
    expect(codes(true)).toEqual([[]]);
  });

  it('keeps the last good result of a flock that names a deprecated region, with an error on that flock alone', () => {
    const versions = loaded(['plain', 'literal']);
    const document = regionData(regions);
    const compiler = new FleetCompiler(fleetOf(document), versions);
    const good = compiler.targets().find((t) => t.flock === 'literal')!;
    const step = edit(document, state('boi', 'none', 'Deprecated'));
    compiler.advance(fleetOf(step.document), step.changes);
    const [literal, plain] = ['literal', 'plain'].map((name) =>
      compiler.targets().find((t) => t.flock === name)!,
    );
    expect(literal!.diagnostics.map((d) => d.code)).toEqual(['deprecated-region']);
    expect(literal!.targets).toEqual(good.targets);
    expect(plain!.diagnostics).toEqual([]);
  });

  it('compiles versions that are new in use, and drops those that no longer are', () => {
    const document = regionData(regions);
    const compiler = new FleetCompiler(fleetOf(document), loaded(['zone', 'plain']));
    const outcome = compiler.select(loaded(['plain', 'host']));
    expect(names(outcome.recompiled)).toEqual(['host']);
    expect([...outcome.changed].sort()).toEqual(['host', 'zone']);
    expect([...outcome.regions]).toEqual(['sea']);
    expect(compiler.targets().map((t) => t.flock)).toEqual(['plain', 'host']);
  });

  it('forgets versions that a watched region has left, and all that was compiled for a region watched no more', () => {
    const document = regionData(regions);
    const compiler = new FleetCompiler(fleetOf(document), loaded(['plain']));
    const step = edit(document, set('sea', 'dns_suffix', 'new.example'));
    const recompiled = () =>
      compiler.advance(fleetOf(step.document), step.changes).recompiled.map((r) => `${r.flock}@${r.version}`);
    compiler.watch('sea', loaded(['zone'], '1'), { forecast: true });
    compiler.watch('sea', loaded(['zone'], '2'), { forecast: true });
    expect(new Set(recompiled())).toEqual(new Set(['zone@2']));
    compiler.unwatch('sea');
    expect(compiler.watchedRegions()).toEqual([]);
    expect(recompiled()).toEqual([]);
    expect(compiler.targets().map((t) => t.flock)).toEqual(['plain']);
  });

  it('tells of a flock that is selected no more, also while a watched region still uses it', () => {
    const compiler = new FleetCompiler(fleetOf(regionData(regions)), loaded(['zone', 'plain']));
    compiler.watch('boi', loaded(['zone']));
    const outcome = compiler.select(loaded(['plain']));
    expect([[...outcome.changed], [...outcome.regions]]).toEqual([['zone'], ['sea']]);
  });

  it('is always what compiling anew would be', () => {
    const event = fc.oneof(
      fc
        .tuple(
          fc.constantFrom('sea', 'tac', 'boi'),
          fc.constantFrom('dns_suffix', 'code', 'colour'),
          fc.constantFrom('a', 'b'),
        )
        .map(([region, attribute, to]) => set(region, attribute, to)),
      fc
        .tuple(
          fc.constantFrom('sea', 'tac', 'boi'),
          fc.constantFrom('none', 'Building', 'Production', 'Paused'),
        )
        .map(([region, to]) => state(region, 'none', to)),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 8 }), (events) => {
        const versions = loaded();
        let document = regionData(regions);
        const compiler = new FleetCompiler(fleetOf(document), versions);
        for (const region of ['sea', 'boi']) compiler.watch(region, versions, { forecast: true });
        for (const one of events) {
          const step = edit(document, one);
          document = step.document;
          compiler.advance(fleetOf(document), step.changes);
        }
        const anew = new FleetCompiler(fleetOf(document), versions);
        for (const region of ['sea', 'boi']) anew.watch(region, versions, { forecast: true });
        expect(shown(compiler, ['sea', 'boi'])).toEqual(shown(anew, ['sea', 'boi']));
      }),
      { numRuns: 60 },
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { type RegionDataDocument } from '#libs/region-data/contract';
import { compileTargets } from './compile-targets.js';
import { fleetOf } from './fleet.js';
import { parseFlock } from './parse-flock.js';

const states: Readonly<Record<string, [internal: string, realm: string, state: string]>> = {
  'us-seattle-1': ['sea', 'realm1', 'Building'],
  'us-tacoma-1': ['tac', 'realm1', 'Building'],
  'us-gov-1': ['gov', 'realm2', 'Building'],
  'us-portland-1': ['pdx', 'realm1', 'Paused'],
  'us-old-1': ['old', 'realm1', 'Deprecated'],
};

function regionData(changed: Readonly<Record<string, string>> = {}): RegionDataDocument {
  const regions = Object.entries(states);
  return {
    realms: [{ name: 'realm1' }, { name: 'realm2' }],
    regions: regions.map(([name, [internal, realm]]) => ({
      internal_name: internal,
      public_name: name,
      realm,
    })),
    all_regions: regions.map(([name, [, realm, state]]) => ({
      name,
      realm,
      state: (changed[name] ?? state) as 'Building',
      ViBE_region: null,
      target_available: true,
    })),
    vibes: [],
    availability_domains: [{ name: 'ad1', region: 'us-seattle-1', realm: 'realm1' }],
    execution_targets: [],
    subsets: {},
  };
}

const flock = 'flock "dns" {\n  owners = ["dns@example.com"]\n}\n';
const valid = `locals {
  bootstrap_regions         = [for region in local.all_regions : region if region.state == "Building"]
  production_regions        = [for region in local.all_regions : region if region.state == "Production" || region.state == "Paused"]
  region1_bootstrap_regions = [for region in local.bootstrap_regions : region if region.realm == "realm1"]
}
resource "release_phase" "region1_bootstrap" {
  name       = "region1_bootstrap"
  realm      = "realm1"
  production = false
}
resource "execution_target" "region1_bootstrap" {
  count      = length(local.region1_bootstrap_regions)
  name       = local.region1_bootstrap_regions[count.index].name
  region     = local.region1_bootstrap_regions[count.index]
  phase      = release_phase.region1_bootstrap.name
  tenancy_id = "id.tenancy.region1..aaaaaaaaoidp55bcxodh54e5"
}
`;
const printed = `locals{
bootstrap_regions = [for region in local.all_regions : region if region.state == 'Building']
production_regions = [for region in local.all_regions : region if region.state == 'Production' || region.state == 'Paused']
region1_bootstrap_regions = [for region in bootstrap_regions : region if region.realm == 'realm1']
}
resource "release_phase" region1_bootstrap {
name = "region1_bootstrap"
realm = "realm1"
production = false
resource "execution_target" region1_bootstrap {
count = length(local.region1_bootstrap_regions)
name = local.region1_bootstrap_regions[count.index].name
region = local.region1_bootstrap_regions[count.index]
phase = release_phase.region1_bootstrap.name
tenancy_id = "id.tenancy.region1..aaaaaaaaoidp55bcxodh54e5"
...
}
`;

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function compile(targets: string, changed: Readonly<Record<string, string>> = {}, lenient = false) {
  const files = new Map([
    ['flock.hcl', bytes(flock)],
    ['targets.hcl', bytes(targets)],
  ]);
  return compileTargets(parseFlock(files, { lenient }), '1', fleetOf(regionData(changed))).result;
}

describe('FIG. 5', () => {
  it('has one target per region of realm1 that is Building', () => {
    const result = compile(valid);
    expect(result.diagnostics).toEqual([]);
    expect(result.targets.map((t) => [t.name, t.region, t.environment, t.phase, t.address])).toEqual([
      ['us-seattle-1', 'sea', 'target', 'region1_bootstrap', 'execution_target.region1_bootstrap[0]'],
      ['us-tacoma-1', 'tac', 'target', 'region1_bootstrap', 'execution_target.region1_bootstrap[1]'],
    ]);
    expect(result.targets[0]!.attributes).toEqual({
      tenancy_id: 'id.tenancy.region1..aaaaaaaaoidp55bcxodh54e5',
    });
    expect(result.phases.map((p) => [p.name, p.realm, p.production])).toEqual([
      ['region1_bootstrap', 'realm1', false],
    ]);
    expect(result.settings).toEqual({
      name: 'dns',
      owners: ['dns@example.com'],
      notify: [],
      service: 'dns',
      executor: 'simulated',
      rollback: 'auto',
    });
  });

  it('says exactly what decided it', () => {
    expect(compile(valid).reads).toEqual([
      'local.all_regions',
      'local.all_regions[*].name',
      'local.all_regions[*].realm',
      'local.all_regions[*].state',
    ]);
  });

  it('follows the state of regions: 0, 1 and n of them', () => {
    expect(compile(valid, { 'us-tacoma-1': 'Production' }).targets.map((t) => t.name)).toEqual([
      'us-seattle-1',
    ]);
    const none = compile(valid, { 'us-tacoma-1': 'Production', 'us-seattle-1': 'Paused' });
    expect(none.targets).toEqual([]);
    expect(none.diagnostics).toEqual([]);
    expect(none.digest).not.toBe(compile(valid).digest);
  });

  it('compiles as printed, leniently, with warnings and to the same targets', () => {
    expect(compile(printed).diagnostics.some((d) => d.severity === 'error')).toBe(true);
    const lenient = compile(printed, {}, true);
    expect(lenient.diagnostics.map((d) => d.severity)).toEqual(lenient.diagnostics.map(() => 'warning'));
    expect(lenient.diagnostics.length).toBeGreaterThanOrEqual(4);
    expect(lenient.targets.map((t) => t.name)).toEqual(compile(valid).targets.map((t) => t.name));
  });

  it('is pure: the same inputs have the same digest a thousand times', () => {
    const parsed = parseFlock(new Map([['flock.hcl', bytes(flock + valid)]]));
    const fleet = fleetOf(regionData());
    const digests = new Set(
      Array.from({ length: 1_000 }, () => compileTargets(parsed, '1', fleet).result.digest),
    );
    expect(digests.size).toBe(1);
  });
});

import { describe, expect, it } from '@jest/globals';
import { fromJs, parseConfig, Reads, Scope, makeObject, toJson, tracked, type Value } from './index.js';

const PRINTED = `locals{
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
const VALID = `locals {
  bootstrap_regions         = [for region in local.all_regions : region if region.state == "Building"]
  region1_bootstrap_regions = [for region in local.bootstrap_regions : region if region.realm == "realm1"]
}
`;
const regions = [
  { name: 'us-seattle-1', realm: 'realm1', state: 'Building', dns_suffix: 'a' },
  { name: 'us-gov-1', realm: 'realm2', state: 'Building', dns_suffix: 'b' },
  { name: 'us-portland-1', realm: 'realm1', state: 'Paused', dns_suffix: 'c' },
];

describe('FIG. 5 of the patent', () => {
  it('selects the regions that are Building, and tells exactly what it read', () => {
    const { body, diagnostics } = parseConfig(VALID, 'targets.hcl');
    expect(diagnostics).toEqual([]);
    const locals = body.blocks[0]!.body.attributes;
    const reads = new Reads();
    const all = tracked(fromJs(regions), 'local.all_regions');
    const evaluate = (name: string, values: Record<string, Value>) =>
      locals.get(name)!.expression.evaluate(new Scope({ variables: { local: makeObject(values) }, reads }));
    const first = evaluate('bootstrap_regions', { all_regions: all });
    expect(reads.paths()).toEqual(['local.all_regions', 'local.all_regions[*].state']);
    const second = evaluate('region1_bootstrap_regions', { bootstrap_regions: first.value });
    expect(second.diagnostics).toEqual([]);
    expect(toJson(second.value)).toEqual([regions[0]]);
    expect(reads.paths()).toEqual([
      'local.all_regions',
      'local.all_regions[*].realm',
      'local.all_regions[*].state',
    ]);
    reads.markOutput(second.value, ['name']);
    expect(reads.paths()).toContain('local.all_regions[*].name');
    expect(reads.paths()).not.toContain('local.all_regions[*].dns_suffix');
  });

  it('as printed is an error, and with lenient each fault a warning that says the fix', () => {
    expect(parseConfig(PRINTED, 'x').diagnostics.some((d) => d.severity === 'error')).toBe(true);
    const { body, diagnostics } = parseConfig(PRINTED, 'x', { lenient: true });
    expect(diagnostics.map((d) => [d.severity, d.code, d.subject?.start.line])).toEqual([
      ['warning', 'hcl/lenient-missing-brace', 10],
      ['warning', 'hcl/lenient-ellipsis', 16],
      ['warning', 'hcl/lenient-single-quotes', 2],
      ['warning', 'hcl/lenient-single-quotes', 3],
      ['warning', 'hcl/lenient-single-quotes', 3],
      ['warning', 'hcl/lenient-single-quotes', 4],
      ['warning', 'hcl/lenient-bare-local', 4],
    ]);
    expect(body.blocks.map((b) => [b.type, ...b.labels])).toEqual([
      ['locals'],
      ['resource', 'release_phase', 'region1_bootstrap'],
      ['resource', 'execution_target', 'region1_bootstrap'],
    ]);
    expect([...body.blocks[2]!.body.attributes.keys()]).toEqual([
      'count',
      'name',
      'region',
      'phase',
      'tenancy_id',
    ]);
    const refs = body.blocks[0]!.body.attributes.get('region1_bootstrap_regions')!.expression.variables();
    expect(refs.map((r) => [r.root, ...r.steps.map((s) => (s.kind === 'attribute' ? s.name : ''))])).toEqual([
      ['local', 'bootstrap_regions'],
    ]);
  });
});

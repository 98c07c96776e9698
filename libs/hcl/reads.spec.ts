import { describe, expect, it } from '@jest/globals';
import { standardFunctions } from './functions/index.js';
import { nodeFunctions } from './host/index.js';
import { fromJs, makeObject, parseExpression, Reads, Scope, toJson, tracked, type Value } from './index.js';

const functions = standardFunctions(nodeFunctions);
const local = makeObject({
  all_regions: tracked(
    fromJs([
      { name: 'a', state: 'Building', realm: 'r1', labels: { tier: 'x' }, zones: ['1', '2'] },
      { name: 'b', state: 'Paused', realm: 'r2', labels: { tier: 'y' }, zones: [] },
    ]),
    'local.all_regions',
  ),
  region: tracked(fromJs({ name: 'a', dns_suffix: 'example.org', labels: { tier: 'x' } }), 'local.region'),
  names: tracked(fromJs(['a', 'b']), 'local.names'),
});

function reads(text: string): { paths: readonly string[]; value: Value; scope: Reads } {
  const recorder = new Reads();
  const scope = new Scope({ variables: { local }, functions, reads: recorder });
  const { value } = parseExpression(text, 'x').expression.evaluate(scope);
  return { paths: recorder.paths(), value, scope: recorder };
}
const paths = (text: string) => reads(text).paths;
const all = 'local.all_regions';

describe('the paths that an evaluation reads', () => {
  it('are those of the scalars that it consumes', () => {
    expect(paths('local.region.dns_suffix')).toEqual(['local.region.dns_suffix']);
    expect(paths('local.region["dns_suffix"]')).toEqual(['local.region.dns_suffix']);
    expect(paths('"x.${local.region.dns_suffix}"')).toEqual(['local.region.dns_suffix']);
    expect(paths('local.region.labels.tier')).toEqual(['local.region.labels.tier']);
    expect(paths('[for r in local.all_regions : r.name if r.state == "Building"]')).toEqual([
      all,
      `${all}[*].name`,
      `${all}[*].state`,
    ]);
  });

  it('are none for objects that are only copied, but for the attribute where one was found', () => {
    expect(paths('local.region')).toEqual([]);
    expect(paths('{ r = local.region, l = local.region.labels }')).toEqual(['local.region.labels']);
    expect(paths('can(local.region.labels)')).toEqual(['local.region.labels']);
    expect(paths('try(local.region["absent"], 1)')).toEqual(['local.region.absent']);
    expect(paths('local.all_regions[0]')).toEqual([all]);
    expect(paths('[for r in local.all_regions : r if r.state == "Building"][0]')).toEqual([
      all,
      `${all}[*].state`,
    ]);
  });

  it('name a collection alone where only its elements were counted or moved', () => {
    expect(paths('length(local.all_regions)')).toEqual([all]);
    expect(paths('concat(local.all_regions, [])[0].name')).toEqual([all, `${all}[*].name`]);
    expect(paths('reverse(local.all_regions)')).toEqual([all]);
  });

  it('reach through splats, conditionals, nested collections and functions', () => {
    expect(paths('local.all_regions[*].state')).toEqual([all, `${all}[*].state`]);
    expect(paths('local.all_regions[*].labels.tier')).toEqual([all, `${all}[*].labels.tier`]);
    expect(paths('flatten(local.all_regions[*].zones)')).toEqual([
      all,
      `${all}[*].zones`,
      `${all}[*].zones[*]`,
    ]);
    expect(paths('jsonencode(local.region)')).toEqual([
      'local.region',
      'local.region.dns_suffix',
      'local.region.labels',
      'local.region.labels.tier',
      'local.region.name',
    ]);
    expect(paths('contains(local.names, "a")')).toEqual(['local.names', 'local.names[*]']);
    expect(paths('[for k, v in local.region.labels : v]')).toEqual([
      'local.region.labels',
      'local.region.labels.tier',
    ]);
    expect(paths('local.region == local.all_regions[0]')).toContain(`${all}[*].zones[*]`);
  });

  it('include what was looked for in vain', () => {
    expect(paths('try(local.region.missing, "x")')).toEqual(['local.region.missing']);
    expect(paths('can(local.region.missing)')).toEqual(['local.region.missing']);
    expect(paths('lookup(local.region, "missing", 1)')).toContain('local.region');
  });

  it('include what the caller declares to reach the output', () => {
    const { value, scope } = reads('{ region = local.region, first = local.all_regions[0] }');
    scope.markOutput(value);
    expect(scope.paths()).toEqual(expect.arrayContaining(['local.region.labels.tier', `${all}[*].zones[*]`]));
    const named = reads('local.all_regions[0]');
    named.scope.markOutput(named.value, ['name']);
    expect(named.scope.paths()).toEqual([all, `${all}[*].name`]);
  });

  it('do not change the value', () => {
    const { value } = reads('[for r in local.all_regions : { n = r.name, z = r.zones }]');
    expect(toJson(value)).toEqual([
      { n: 'a', z: ['1', '2'] },
      { n: 'b', z: [] },
    ]);
  });
});

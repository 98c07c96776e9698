import { describe, expect, it } from '@jest/globals';
import { compileTargets } from './compile-targets.js';
import { explainTargets } from './explain-targets.js';
import { fleetOf } from './fleet.js';
import { flock, regionData } from './testing/fixtures.js';

const data = regionData([
  { name: 'a', internal: 'aaa', state: 'Building' },
  { name: 'b', internal: 'bbb', state: 'Building', realm: 'realm2' },
  { name: 'c', internal: 'ccc', state: 'Production' },
]);

function explained(text: string) {
  const parsed = flock(text);
  return explainTargets(parsed, compileTargets(parsed, '1', fleetOf(data)));
}

describe('explaining targets', () => {
  it('follows filters through locals, in the order in which they are applied', () => {
    const { blocks } = explained(`locals {
  building = [for r in local.all_regions : r if r.state == "Building"]
  mine     = [for r in local.building : r if r.realm == local.realm_name]
  realm_name = "realm1"
}
resource "execution_target" "t" {
  count  = length(local.mine)
  name   = local.mine[count.index].name
  region = local.mine[count.index]
}
`);
    const [block] = blocks;
    expect(block!.repetition).toEqual({ by: 'count', expression: 'length(local.mine)', keys: [0] });
    expect(block!.targets.map((t) => [t.address, t.region])).toEqual([['execution_target.t[0]', 'aaa']]);
    expect(block!.filters.map((f) => [f.in, f.entries.map((e) => [e.entry, e.passed])])).toEqual([
      [
        'local.building',
        [
          ['a', true],
          ['b', true],
          ['c', false],
        ],
      ],
      [
        'local.mine',
        [
          ['a', true],
          ['b', false],
        ],
      ],
    ]);
    expect(block!.filters[1]!.entries[1]!.reads).toEqual([
      { read: 'r.realm', path: 'local.all_regions[*].realm', value: 'realm2' },
      { read: 'local.realm_name', path: null, value: 'realm1' },
    ]);
  });

  it('says null of an entry whose condition failed, and goes on', () => {
    const { blocks } = explained(`resource "execution_target" "t" {
  for_each = { for r in local.all_regions : r.name => r if r.nowhere == "x" }
  name     = each.key
  region   = each.key
}
`);
    expect(blocks[0]!.filters[0]!.entries.map((e) => e.passed)).toEqual([null, null, null]);
    expect(blocks[0]!.targets).toEqual([]);
  });

  it('has nothing to explain where the text does not compile', () => {
    expect(explained('resource "execution_target" "t" {\n').blocks).toEqual([]);
  });

  it('changes no result', () => {
    const parsed = flock(`resource "execution_target" "t" {
  for_each = { for r in local.all_regions : r.name => r if r.state == "Building" }
  name     = each.key
  region   = each.key
}
`);
    const compilation = compileTargets(parsed, '1', fleetOf(data));
    const before = JSON.stringify(compilation.result);
    explainTargets(parsed, compilation);
    expect(JSON.stringify(compilation.result)).toBe(before);
  });
});

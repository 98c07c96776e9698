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

it('refuses what is sensitive where everybody reads it, and does not show it', () => {
  const target = (attributes: string) => `resource "execution_target" "t" {\n${attributes}\n}\n`;
  for (const attributes of [
    'name = sensitive("hush")\n region = "aaa"',
    'name = "x"\n region = sensitive("hush")',
    'count = sensitive(1)\n name = "x"\n region = "aaa"',
    'for_each = sensitive({ hush = 1 })\n name = each.key\n region = "aaa"',
    'for_each = toset([sensitive("hush")])\n name = each.key\n region = "aaa"',
  ]) {
    const parsed = flock(target(attributes));
    const { result } = compileTargets(parsed, '1', fleetOf(data));
    expect(result.diagnostics.map((d) => d.code)).toContain('flock/sensitive');
    expect(result.targets).toEqual([]);
    expect(JSON.stringify(result.diagnostics)).not.toContain('hush');
  }
});

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

  it('shows nothing that is sensitive', () => {
    const explanation = explained(`locals { hidden = sensitive("hush") }
resource "execution_target" "t" {
  count  = length([for r in local.all_regions : r if r.name != local.hidden && r.state == "Building"]) > 9 ? 1 : 0
  name   = "x"
  region = "aaa"
}
`);
    const [filter] = explanation.blocks[0]!.filters;
    expect(filter!.entries[0]!.reads).toContainEqual({
      read: 'local.hidden',
      path: null,
      value: '(sensitive)',
    });
    expect(JSON.stringify(filter!.entries)).not.toContain('hush');
  });

  it('names no entry of a collection that is sensitive', () => {
    for (const collection of ['{ hush = 1 }', '["hush"]', '[{ name = "hush" }]']) {
      const { blocks } = explained(`locals { hidden = sensitive(${collection}) }
resource "execution_target" "t" {
  count  = length([for k, v in local.hidden : v if k != v]) > 9 ? 1 : 0
  name   = "x"
  region = "aaa"
}
`);
      const [filter] = blocks[0]!.filters;
      expect(filter!.entries.map((e) => [e.entry, e.reads.map((r) => r.value)])).toEqual([
        ['0', ['(sensitive)', '(sensitive)']],
      ]);
    }
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

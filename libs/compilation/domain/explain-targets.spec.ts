import { describe, expect, it } from '@jest/globals';
import { compileTargets } from './compile-targets.js';
import { explainTargets } from './explain-targets.js';
import { fleetOf } from './fleet.js';
import { parseFlock } from './parse-flock.js';
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

  const told = ({ blocks }: ReturnType<typeof explained>) =>
    blocks[0]!.filters.map((f) => [f.in, f.collection, f.entries.map((e) => [e.entry, e.passed])]);

  it('follows loops within loops, for the entries that the outer ones let pass', () => {
    const explanation = explained(`locals {
  pairs = flatten([for r in local.all_regions : [
    for o in local.all_regions : "\${r.name}\${o.name}" if o.realm == r.realm && o.name != r.name
  ] if r.state == "Building"])
}
resource "execution_target" "t" {
  count  = length(local.pairs)
  name   = "x"
  region = "aaa"
}
`);
    expect(told(explanation)).toEqual([
      [
        'local.pairs',
        'local.all_regions',
        [
          ['a', true],
          ['b', true],
          ['c', false],
        ],
      ],
      [
        'local.pairs',
        'local.all_regions',
        [
          ['a / a', false],
          ['a / b', false],
          ['a / c', true],
          ['b / a', false],
          ['b / b', false],
          ['b / c', false],
        ],
      ],
    ]);
    expect(explanation.blocks[0]!.filters[1]!.entries[2]!.reads).toEqual([
      { read: 'o.realm', path: 'local.all_regions[*].realm', value: 'realm1' },
      { read: 'r.realm', path: 'local.all_regions[*].realm', value: 'realm1' },
      { read: 'o.name', path: 'local.all_regions[*].name', value: 'c' },
      { read: 'r.name', path: 'local.all_regions[*].name', value: 'a' },
    ]);
  });

  it('follows a filter in the condition of another, for all of its entries', () => {
    const explanation = explained(`resource "execution_target" "t" {
  for_each = { for r in local.all_regions : r.name => r
    if length([for o in local.all_regions : o if o.realm == r.realm]) > 1 }
  name     = each.key
  region   = each.value
}
`);
    expect(told(explanation).map(([, , entries]) => (entries as unknown[]).length)).toEqual([9, 3]);
    const [, outer] = explanation.blocks[0]!.filters;
    expect(outer!.entries.map((e) => [e.entry, e.passed])).toEqual([
      ['a', true],
      ['b', false],
      ['c', true],
    ]);
    expect(outer!.entries[1]!.reads.map((r) => r.read)).toEqual([
      '[for o in local.all_regions : o if o.realm == r.realm]',
    ]);
  });

  it('follows what depends on each and count, instance by instance', () => {
    const explanation = explained(`resource "execution_target" "t" {
  for_each = { for r in local.all_regions : r.name => r if r.state == "Building" }
  name     = join("-", [for o in local.all_regions : o.name if o.realm == each.value.realm])
  region   = each.value
}
`);
    expect(told(explanation)[1]).toEqual([
      'name',
      'local.all_regions',
      [
        ['a / a', true],
        ['a / b', false],
        ['a / c', true],
        ['b / a', false],
        ['b / b', true],
        ['b / c', false],
      ],
    ]);
    expect(explanation.blocks[0]!.filters[1]!.entries[0]!.reads[1]).toEqual({
      read: 'each.value.realm',
      path: 'local.all_regions[*].realm',
      value: 'realm1',
    });
    expect(explanation.blocks[0]!.targets.map((t) => t.name)).toEqual(['a-c', 'b']);
    const counted = explained(`resource "execution_target" "t" {
  count  = 2
  name   = "x\${length([for k, r in local.all_regions : r if k > count.index])}"
  region = local.all_regions[count.index]
}
`);
    expect(told(counted)).toEqual([
      [
        'name',
        'local.all_regions',
        ['0 / a', '0 / b', '0 / c', '1 / a', '1 / b', '1 / c'].map((entry, i) => [
          entry,
          [false, true, true, false, false, true][i],
        ]),
      ],
    ]);
  });

  it('shows what a condition made with splats and loops', () => {
    const { blocks } = explained(`locals { mine = [{ name = "a" }, { name = "c" }] }
resource "execution_target" "t" {
  for_each = { for r in local.all_regions : r.name => r
    if contains(local.mine[*].name, r.name) && contains([for m in local.mine :
      m.name], r.name) }
  name     = each.key
  region   = each.value
}
`);
    expect(blocks[0]!.filters[0]!.entries.map((e) => e.passed)).toEqual([true, false, true]);
    expect(blocks[0]!.filters[0]!.entries[1]!.reads).toEqual([
      { read: 'local.mine[*].name', path: null, value: ['a', 'c'] },
      { read: 'r.name', path: 'local.all_regions[*].name', value: 'b' },
      { read: '[for m in local.mine : m.name]', path: null, value: ['a', 'c'] },
    ]);
  });

  it('follows strings of the JSON syntax', () => {
    const text = JSON.stringify({
      flock: { svc: { owners: ['svc@example.com'] } },
      locals: { up: '${[for r in local.all_regions : r if r.state == "Building"]}' },
      resource: {
        execution_target: {
          t: {
            for_each: '${{ for r in local.up : r.name => r\n if r.realm == "realm1" }}',
            name: '${each.key}',
            region: '${each.value}',
          },
        },
      },
    });
    const parsed = parseFlock(new Map([['flock.hcl.json', new TextEncoder().encode(text)]]), {});
    const explanation = explainTargets(parsed, compileTargets(parsed, '1', fleetOf(data)));
    const [block] = explanation.blocks;
    expect(block!.repetition).toEqual({
      by: 'for_each',
      expression: '{ for r in local.up : r.name => r if r.realm == "realm1" }',
      keys: ['a'],
    });
    expect(block!.filters.map((f) => [f.in, f.condition, f.entries.map((e) => e.passed)])).toEqual([
      ['local.up', 'r.state == "Building"', [true, true, false]],
      ['for_each', 'r.realm == "realm1"', [true, false]],
    ]);
    const at = text.indexOf('{ for');
    expect(block!.filters[1]!.range.start).toEqual({ line: 1, column: at + 1, byte: at });
  });

  it('shows nothing of loops in a loop over what is sensitive', () => {
    const { blocks } = explained(`locals { hidden = sensitive({ hush = ["hush"] }) }
resource "execution_target" "t" {
  count  = length([for k, v in local.hidden : [for x in v : x if x != k]]) > 9 ? 1 : 0
  name   = "x"
  region = "aaa"
}
`);
    expect(blocks[0]!.filters[0]!.entries.map((e) => [e.entry, e.reads.map((r) => r.value)])).toEqual([
      ['0 / 0', ['(sensitive)', '(sensitive)']],
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

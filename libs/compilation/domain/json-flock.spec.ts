import { describe, expect, it } from '@jest/globals';
import { nearMissStates } from './lint/index.js';
import { parseFlock } from './parse-flock.js';

const flock = { svc: { owners: ['svc@example.com'] } };
const parsed = (config: unknown) => {
  const text = typeof config === 'string' ? config : JSON.stringify(config, null, 2);
  return parseFlock(new Map([['flock.hcl.json', new TextEncoder().encode(text)]]));
};
const told = (config: unknown): readonly unknown[] =>
  parsed(config).diagnostics.map((d) => [d.code, d.subject?.start.line, d.subject?.start.column]);

describe('a flock in the JSON syntax', () => {
  it('takes references as strings, with or without interpolation, beside native files', () => {
    const json = {
      flock,
      resource: {
        infrastructure_component: { a: { kind: 'vm', depends_on: ['connection.c', '${connection.c}'] } },
      },
      moved: [{ from: 'connection.b', to: 'connection.c' }],
    };
    const { diagnostics, blocks, moves } = parseFlock(
      new Map([
        ['a.hcl.json', new TextEncoder().encode(JSON.stringify(json))],
        ['b.hcl', new TextEncoder().encode('resource "connection" "c" { kind = "vpn" }\n')],
      ]),
    );
    expect(diagnostics).toEqual([]);
    expect([...blocks.keys()]).toEqual(['infrastructure_component.a', 'connection.c']);
    expect(moves).toHaveLength(1);
  });

  it.each<[string, unknown, string, number, number]>([
    ['text that is no JSON', '{\n  "flock": {,\n}', 'hcl/json-syntax', 2, 13],
    ['an unknown block', { flock, resorce: {} }, 'flock/unknown-block', 9, 3],
    ['dynamic at the top', { flock, dynamic: { flock: {} } }, 'flock/dynamic', 10, 5],
    [
      'dynamic of what it cannot make',
      { flock, resource: { connection: { x: { dynamic: { lifecycle: { for_each: [], content: {} } } } } } },
      'flock/dynamic',
      13,
      11,
    ],
    [
      'a value that is no block beside dynamic of its name',
      { flock, resource: { connection: { x: { tag: 1, dynamic: { tag: { for_each: [], content: {} } } } } } },
      'hcl/json-type',
      12,
      16,
    ],
    [
      'an attribute of the schema and dynamic of its name',
      {
        flock,
        resource: { connection: { x: { kind: 'a', dynamic: { kind: { for_each: [], content: {} } } } } },
      },
      'flock/attribute-and-block',
      14,
      11,
    ],
    ['an unknown type', { flock, data: { capabilty: { x: {} } } }, 'flock/unknown-type', 11, 7],
    [
      'an unknown attribute',
      { flock, data: { capability: { x: { name: 'x', nam: 1 } } } },
      'flock/unknown-attribute',
      13,
      9,
    ],
    ['a broken template', { flock, locals: { a: 'x ${' } }, 'hcl/syntax', 10, 15],
    [
      'an unknown local within a template',
      { flock, locals: { a: 'x ${b}' } },
      'flock/unknown-reference',
      10,
      15,
    ],
    ['a missing label', { flock: {} }, 'hcl/missing-label', 2, 12],
  ])('reports %s with its place', (_, config, code, line, column) => {
    expect(told(config)).toContainEqual([code, line, column]);
  });

  it('is told which blocks there are where a name is like none of them', () => {
    const details = (name: string) => parsed({ flock, [name]: {} }).diagnostics.map((d) => d.detail);
    expect(details('variable')).toEqual([
      'A flock config has no "variable" block. There are locals, flock, resource, data, moved, removed, import.',
    ]);
    expect(details('resorce')).toEqual(['A flock config has no "resorce" block. Did you mean "resource"?']);
  });

  it('is looked through for states and regions like a native one', () => {
    const { writtenNames, ...rest } = parsed({
      flock,
      locals: {
        a: '${[for r in local.all_regions : r if r.state == "building" || r.name == "us-x-1"]}',
        b: 'eu-y-1',
      },
    });
    expect(nearMissStates({ writtenNames, ...rest }).map((f) => f.fix)).toEqual(['Write "Building".']);
    expect(writtenNames.map((n) => n.text)).toEqual(['building', 'us-x-1', 'eu-y-1']);
  });
});

import { describe, expect, it } from '@jest/globals';
import { regionData } from '../domain/testing/fixtures.js';
import { lintOffline } from './lint-offline.js';

const data = regionData([{ name: 'a', internal: 'aaa', state: 'Building', city: 'A' }]);
const target = `resource "execution_target" "t" {
  for_each = { for r in local.all_regions : r.name => r if r.state == "Building" }
  name     = each.key
  region   = each.value
}
`;
const resource = (attribute: string): string =>
  `${target}resource "infrastructure_component" "a" {\n  kind = "vm"\n  ${attribute}\n}\n`;

/** Each finding as `LINE:COLUMN CODE DETAIL`, of a file whose first line is the `flock` block. */
function told(text: string | Uint8Array, file = 'flock.hcl'): readonly string[] {
  const bytes =
    typeof text === 'string'
      ? new TextEncoder().encode(text.replace(/^(?!\{)/, 'flock "c" { owners = ["c@example.com"] }\n'))
      : text;
  const [flock] = lintOffline({
    regionData: data,
    flocks: [{ name: 'c', files: new Map([[file, bytes]]) }],
  });
  return flock!.diagnostics.map(
    ({ subject, code, detail }) => `${subject?.start.line}:${subject?.start.column} ${code} ${detail}`,
  );
}

describe('everyday mistakes', () => {
  it.each([
    [
      'an attribute of a region',
      target.replace('r.state', 'r.stat'),
      '3:61 hcl/unsupported-attribute',
      '"state"?',
    ],
    [
      'an attribute of each',
      target.replace('each.value', 'each.valeu'),
      '5:18 hcl/unsupported-attribute',
      '"value"?',
    ],
    [
      'letters that changed places',
      target.replace('all_regions', 'all_regoins'),
      '3:25 flock/unknown-local',
      '"all_regions"?',
    ],
    [
      'an attribute of local.region',
      resource('city = local.region.ctiy'),
      '9:22 hcl/unsupported-attribute',
      '"city"?',
    ],
    [
      'a number without end',
      resource('n = 1 / 0'),
      '9:3 flock/number-out-of-range',
      'n of infrastructure_component.a',
    ],
    [
      'a number too large',
      resource('n = [{ m = 1e400 }]'),
      '9:3 flock/number-out-of-range',
      'n of infrastructure_component.a',
    ],
    [
      'a number without end of a target',
      target.replace('  name ', '  n = 1 / 0\n  name '),
      '4:7 flock/number-out-of-range',
      'n of execution_target.t["a"]',
    ],
    [
      'count and for_each',
      target.replace('  name ', '  count = 1\n  name '),
      '3:3 flock/count-and-for-each',
      'Remove one',
    ],
    [
      'a local in a cycle',
      `locals { a = "\${local.a}" }\n${target.replace('each.key', 'local.a')}`,
      '2:10 flock/local-cycle',
      'local.a → local.a',
    ],
    [
      'a colon for an equals sign',
      target.replace('name     =', 'name     :'),
      '4:3 hcl/syntax',
      'equals sign',
    ],
  ])('are told once, where they are, with what was meant: %s', (_, text, place, hint) => {
    const [first, ...others] = told(text);
    expect(others).toEqual([]);
    expect(first!.slice(0, place.length)).toBe(place);
    expect(first).toContain(hint);
  });

  it('are told with the place of the name that may be meant', () => {
    const [flock] = lintOffline({
      regionData: data,
      flocks: [
        {
          name: 'c',
          files: new Map([
            [
              'c.hcl',
              new TextEncoder().encode(
                `flock "c" { owners = ["c"] }\n${target.replace('region  ', 'regoin  ')}`,
              ),
            ],
          ]),
        },
      ],
    });
    expect(flock!.diagnostics).toMatchObject([
      {
        code: 'flock/missing-attribute',
        detail: expect.stringContaining('Perhaps "regoin" is meant for it.'),
        related: [{ range: { start: { line: 5, column: 3 } } }],
      },
    ]);
  });

  it('suggest no name of what is sensitive', () => {
    const [only] = told(resource('n = sensitive({ hushhush = 1 }).hushush'));
    expect(only).toContain('"hushush".');
    expect(only).not.toContain('hushhush');
  });

  it('of the JSON syntax are told once', () => {
    const json = (text: string) => told(text, 'flock.hcl.json').map((line) => line.split(' ')[1]);
    expect(json('{"flock":{"c":{"owners":["c"],}}}')).toEqual(['hcl/json-syntax']);
    expect(
      json(
        '{"flock":{"c":{"owners":["c"]}},"resource":{"execution_target":{"t":{"name": "a" "region": "a"}}}}',
      ),
    ).toEqual(['hcl/json-syntax']);
  });
});

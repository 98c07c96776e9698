import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from '@jest/globals';
import { flock } from '../testing/fixtures.js';
import { flockSchema } from './flock-schema.js';

describe('the table of blocks', () => {
  it('has examples that together are one valid flock', () => {
    const parsed = flock(flockSchema.map((s) => s.example).join('\n\n'));
    expect(parsed.diagnostics).toEqual([]);
    expect(parsed.blocks.size).toBe(flockSchema.filter((s) => s.type !== undefined).length);
  });

  it('gives each block an example of itself', () => {
    for (const { keyword, type, example } of flockSchema)
      expect(example.startsWith(type === undefined ? keyword : `${keyword} "${type}"`)).toBe(true);
  });
});

describe('docs/flock-schema.json', () => {
  const validate = new Ajv({ strict: false }).compile(
    JSON.parse(readFileSync('docs/flock-schema.json', 'utf8')) as object,
  );
  const target = { name: 'x', region: '${each.key}', for_each: '${local.all_regions}' };

  it('takes a flock in the JSON syntax', () => {
    const config = {
      flock: { dns: { owners: ['dns@example.com'] } },
      locals: { x: 1 },
      resource: {
        execution_target: { t: target },
        infrastructure_component: { server: [{ kind: 'vm', lifecycle: { prevent_destroy: true }, size: 3 }] },
        connection: {
          c: { dynamic: { route: [{ for_each: '${local.x}', content: { to: '${route.value}' } }] } },
        },
      },
    };
    expect(validate(config)).toBe(true);
  });

  it.each([
    ['an unknown block', { flok: {} }],
    [
      'dynamic without content',
      { resource: { connection: { c: { dynamic: { route: { for_each: [] } } } } } },
    ],
    ['an unknown type', { resource: { alarms: {} } }],
    ['an unknown attribute', { flock: { dns: { owners: ['a'], colour: 'red' } } }],
    ['a missing attribute', { resource: { execution_target: { t: { name: 'x' } } } }],
    ['a value that cannot be', { flock: { dns: { owners: ['a'], rollback: 'perhaps' } } }],
  ])('refuses %s', (_, config) => {
    expect(validate(config)).toBe(false);
  });
});

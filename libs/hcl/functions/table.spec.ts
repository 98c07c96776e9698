import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { nodeFunctions } from '../host/index.js';
import { evaluate } from './testing/evaluate.js';
import { standardFunctions } from './table.js';

const table = standardFunctions(nodeFunctions);
const names = [...table.keys()].filter((name) => !name.includes('::'));

it('has every function once, described, and under core:: too', () => {
  expect(names.length).toBeGreaterThanOrEqual(129);
  for (const name of names) {
    expect(table.get(`core::${name}`)).toBe(table.get(name));
    expect(table.get(name)?.description).toMatch(/^[A-Z-].*\.$/);
  }
});

it('every function is called in a spec', () => {
  const specs = readdirSync(new URL('.', import.meta.url), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.spec.ts') && !file.includes('conformance'))
    .map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'))
    .join('\n');
  const uncalled = names.filter((name) => !new RegExp(`\\b${name}\\(`).test(specs));
  expect(uncalled).toEqual([]);
});

it('functions that depend on clock, chance or place refuse with the reason and a way out', () => {
  for (const name of ['timestamp', 'plantimestamp', 'uuid', 'bcrypt']) {
    expect(evaluate(`${name}()`)).toMatch(/compiling the same config must always give the same result; \w+/);
  }
  expect(evaluate('timestamp()')).toMatch(/depends on the clock/);
  expect(evaluate('plantimestamp()')).toMatch(/depends on the clock/);
  expect(evaluate('uuid()')).toMatch(/use uuidv5/);
  expect(evaluate('bcrypt("x")')).toMatch(/random/);
  expect(evaluate('list(1)')).toMatch(/use tolist/);
  expect(evaluate('map("a", 1)')).toMatch(/use tomap/);
  expect(evaluate('convert("1", number)')).toBe(1);
});

it('no call throws, whatever it is given', () => {
  const text = fc
    .oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.stringMatching(/^[-0-9a-f:./%[\]{}()*+?\\T Z"',#&!|>$]{0,12}$/),
    )
    .map((source) => JSON.stringify(source).replaceAll('${', '$${').replaceAll('%{', '%%{'));
  const plain = fc.constantFrom(
    ...[
      'null',
      'true',
      '0',
      '-1',
      '2.5',
      '1e300',
      '1/3',
      '1/0',
      '[]',
      '{}',
      'unknown_string',
      'unknown_number',
    ],
    ...[
      'unknown_any',
      'unknown_list',
      'unknown_set',
      'unknown_map',
      'secret',
      'toset(["a", unknown_string])',
    ],
  );
  const argument = fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      text,
      plain,
      fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
      fc.dictionary(fc.constantFrom('a', 'b', 'name'), tie('value'), { maxKeys: 2 }).map(
        (members) =>
          `{ ${Object.entries(members)
            .map(([k, v]) => `${k} = ${v}`)
            .join(', ')} }`,
      ),
    ),
  })).value;
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.array(argument, { maxLength: 4 }), (name, args) => {
      expect(() => evaluate(`${name}(${args.join(', ')})`)).not.toThrow();
    }),
    { numRuns: 3000 },
  );
});

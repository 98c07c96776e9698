import { expect, it } from '@jest/globals';
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

import { expect, it } from '@jest/globals';
import { evaluate } from './testing/evaluate.js';

it('messages show no sensitive value, and stay readable where one is part of their words', () => {
  expect(evaluate('cidrhost(secret, 1)')).toBe(
    'error: Call to function "cidrhost" failed: invalid CIDR expression: invalid CIDR address: (sensitive value).',
  );
  expect(evaluate('cidrhost(sensitive("10.0.0.1"), 1)')).toMatch(/address: \(sensitive value\)\.$/);
  expect(evaluate('cidrhost(sensitive("a-b/c"), 1)')).toMatch(/address: \(sensitive value\)\.$/);
  expect(evaluate('regex(sensitive("(["), "x")')).not.toMatch(/\(\[/);
  expect(evaluate('merge(toset([sensitive("a"), "b"]))')).toBe(
    'error: Call to function "merge" failed: arguments must be maps or objects, got "set of string".',
  );
});

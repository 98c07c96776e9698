import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { standardFunctions } from '../functions/index.js';
import { nodeFunctions } from '../host/index.js';
import { Generator } from './generate.js';
import { parseConfig } from '../parse.js';
import { checkConfig, checkExpression } from './laws.js';
import { treeDifference } from './same-tree.js';

const functions = standardFunctions(nodeFunctions);
const seeds = fc.integer({ min: 1, max: 0x7fffffff });

describe('laws of the language', () => {
  it('hold of generated files: parse ∘ print is the identity, formatting is idempotent', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        checkConfig(new Generator(seed).config());
      }),
      { numRuns: 100 },
    );
  });

  it('hold of generated expressions: short and long way agree, recording changes nothing, the unknown is sound', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 25 }), (seed, size) => {
        checkExpression(new Generator(seed).expression(size), functions);
      }),
      { numRuns: 400 },
    );
  });

  it('hold of broken texts: nothing throws or hangs', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const generator = new Generator(seed);
        checkExpression(generator.mutate(generator.expression()), functions);
        checkConfig(generator.mutate(generator.config()));
      }),
      { numRuns: 150 },
    );
  });

  it('hold of any characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        checkConfig(text);
        checkExpression(text, functions);
      }),
      { numRuns: 150 },
    );
  });

  it('take a heredoc of text alone, and nothing else, for the string that it prints as', () => {
    const tree = (value: string) => parseConfig(`a = ${value}\n`, 'x.hcl').body;
    const differ = (a: string, b: string) =>
      treeDifference(tree(a).node, tree(b).node, tree(a).source.text) !== undefined;
    expect(differ('<<EOT\nx\nEOT\n', '"x\\n"')).toBe(false);
    expect(differ('<<EOT\nx\nEOT\n', '"y\\n"')).toBe(true);
    expect(differ('"x\\n"', '<<EOT\nx\nEOT\n')).toBe(true);
    expect(differ('"%{ if b }x%{ endif }"', '"${b ? "x" : ""}"')).toBe(true);
    checkConfig('a = <<-EOT\n  x\n    y\n  EOT\n');
  });
});

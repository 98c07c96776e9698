import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { decodeValue, type EncodedValue, encodeValue, evalCase } from '../batch/index.js';
import { callFunction, parameterAt } from '../evaluation/call.js';
import { nodeFunctions } from '../host/index.js';
import { convert } from '../values/convert.js';
import { type StrictFunction } from './function.js';
import { standardFunctions } from './table.js';

// Cases recorded from the reference implementation, under its own licences; a clone without them skips these tests.
const corpus = new URL('../../../../shared/conformance/hcl/', import.meta.url);
const table = standardFunctions(nodeFunctions);

interface FunctionCall {
  readonly fn: string;
  readonly inOpenTofuTable: boolean;
  readonly context: { readonly variables: Readonly<Record<string, EncodedValue | null>> };
  readonly want?: EncodedValue;
  readonly error: boolean;
  readonly errorMessage?: string;
}

interface Expression {
  readonly expr: string;
  readonly want?: EncodedValue;
  readonly error: boolean;
  readonly environmental?: boolean;
}

// Functions that a compiler may not have, and messages about values that JSON cannot carry or that were changed before they
// were recorded.
const REFUSED = ['plantimestamp()'];
const OTHER_MESSAGE = ['base64decode "\ufffd("', 'cidrhost "192.168.1.0/30",-255'];

function read<Case>(name: string): readonly Case[] {
  const url = new URL(name, corpus);
  if (!existsSync(url)) return [];
  return (JSON.parse(readFileSync(url, 'utf8')) as { cases: Case[] }).cases;
}

const calls = read<FunctionCall>('function_calls.json')
  .filter((c) => c.inOpenTofuTable)
  // A few arguments are Go's nil, which no expression can make.
  .filter((c) => !Object.values(c.context.variables).includes(null));
const expressions = read<Expression>('opentofu_functions.json').filter((c) => c.environmental !== true);
const whereCorpus = calls.length > 0 ? it : it.skip;

function call(fn: StrictFunction, given: readonly EncodedValue[]): EncodedValue {
  const args = given.map((encoded, i) => {
    const parameter = parameterAt(fn, i);
    return parameter === undefined ? decodeValue(encoded) : convert(decodeValue(encoded), parameter.type);
  });
  return encodeValue(callFunction(fn, args));
}

function outcome(run: () => EncodedValue): unknown {
  try {
    return run();
  } catch (error) {
    return (error as Error).message;
  }
}

describe('agreement with the reference implementation', () => {
  whereCorpus(`${calls.length} recorded calls`, () => {
    const got: unknown[] = [];
    const want: unknown[] = [];
    for (const { fn, context, error, errorMessage, want: value } of calls) {
      const args = Object.values(context.variables) as readonly EncodedValue[];
      const shown = `${fn} ${args.map((arg) => JSON.stringify(arg.value)).join(',')}`;
      if (OTHER_MESSAGE.includes(shown)) continue;
      got.push({ shown, result: outcome(() => call(table.get(fn) as StrictFunction, args)) });
      want.push({ shown, result: error ? errorMessage : value });
    }
    expect(got).toEqual(want);
  });

  whereCorpus(`${expressions.length} expressions`, () => {
    const chosen = expressions.filter(({ expr }) => !REFUSED.includes(expr));
    const got = chosen.map(({ expr, error }) => {
      const answer = evalCase({ expr }, table);
      return { expr, error: answer.error, ...(error ? {} : { type: answer.type, value: answer.value }) };
    });
    const want = chosen.map(({ expr, error, want: value }) =>
      error ? { expr, error } : { expr, error, type: value?.type, value: value?.value },
    );
    expect(got).toEqual(want);
  });
});

import { encodeValue } from '../../batch/index.js';
import { nodeFunctions } from '../../host/index.js';
import { parseExpression } from '../../parse.js';
import { Scope } from '../../scope.js';
import { MarkedValue, unknown, type Value } from '../../values/value.js';
import { BOOL, DYNAMIC, listOf, mapOf, NUMBER, setOf, STRING } from '../../values/type.js';
import { type FunctionOptions, standardFunctions } from '../table.js';

const variables = new Map<string, Value>([
  ['secret', new MarkedValue('s3cret', new Set(['Sensitive']))],
  ['unknown_string', unknown(STRING)],
  ['unknown_number', unknown(NUMBER)],
  ['unknown_bool', unknown(BOOL)],
  ['unknown_any', unknown(DYNAMIC)],
  ['unknown_list', unknown(listOf(STRING))],
  ['unknown_set', unknown(setOf(STRING))],
  ['unknown_map', unknown(mapOf(NUMBER))],
]);

const standard = standardFunctions(nodeFunctions);

/** The value of an expression as plain data (see `encodeValue`), or what is wrong with it as a string after "error: ". */
export function evaluate(source: string, options?: FunctionOptions): unknown {
  const functions = options === undefined ? standard : standardFunctions(nodeFunctions, options);
  const { expression, diagnostics } = parseExpression(source, 'test.hcl');
  const result = expression.evaluate(new Scope({ variables, functions }));
  const [first] = [...diagnostics, ...result.diagnostics].filter((d) => d.severity === 'error');
  if (first !== undefined) return `error: ${first.detail}`;
  return encodeValue(result.value).value;
}

/** Each expression with its value, to be compared with a table of the same keys. */
export function evaluateAll(expected: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.keys(expected).map((source) => [source, evaluate(source)]));
}

import { type Diagnostic } from '../../../kernel/diagnostic.js';
import { type Expression } from '../../expression.js';
import { parseTemplate } from '../../parse.js';
import { Scope } from '../../scope.js';
import { rangeText } from '../../syntax/range-text.js';
import { typeOf, MapValue, type ObjectValue, type Value } from '../../values/value.js';
import { FunctionError, type HclFunction } from '../function.js';
import { quote } from '../quote.js';

export type FunctionTable = ReadonlyMap<string, HclFunction>;

const IDENTIFIER = /^[\p{ID_Start}_][\p{ID_Continue}-]*$/u;
const DEEPEST = 64;
let depth = 0;

/**
 * A template with values for its variables, which are all that it sees. A template of a single interpolation may give any
 * type. `filename` is undefined for a template that is in no file. Throws FunctionError.
 */
export function renderTemplate(
  source: string,
  filename: string | undefined,
  values: Value,
  functions: FunctionTable,
): Value {
  const { expression, diagnostics } = parseTemplate(source, filename ?? 'NoFileNeeded');
  refuseErrors(diagnostics);
  const variables = variablesOf(values);
  checkReferences(expression, variables, filename);
  if (depth >= DEEPEST) throw new FunctionError(`maximum recursion depth ${DEEPEST} reached`);
  depth++;
  try {
    const result = expression.evaluate(new Scope({ variables, functions }));
    refuseErrors(result.diagnostics);
    return result.value;
  } finally {
    depth--;
  }
}

function variablesOf(values: Value): ReadonlyMap<string, Value> {
  const { kind } = typeOf(values);
  if (kind !== 'map' && kind !== 'object') throw new FunctionError('invalid vars value: must be a map', 1);
  const variables =
    values instanceof MapValue
      ? values.entries
      : new Map(
          (values as ObjectValue).shape.names.map((name, i) => [name, (values as ObjectValue).slots[i]!]),
        );
  for (const name of variables.keys()) {
    if (IDENTIFIER.test(name)) continue;
    throw new FunctionError(
      `invalid template variable name ${quote(name)}: must start with a letter, followed by zero or more letters, digits, and underscores`,
      1,
    );
  }
  return variables;
}

function checkReferences(
  expression: Expression,
  variables: ReadonlyMap<string, Value>,
  filename: string | undefined,
): void {
  for (const { root, rootRange } of expression.variables()) {
    if (root === undefined || variables.has(root)) continue;
    const where =
      filename === undefined || rootRange === undefined ? '' : `, referenced at ${rangeText(rootRange)}`;
    throw new FunctionError(`vars map does not contain key ${quote(root)}${where}`, 1);
  }
}

function refuseErrors(diagnostics: readonly Diagnostic[]): void {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first === undefined) return;
  const where = first.subject === undefined ? '' : `${rangeText(first.subject)}: `;
  const more = errors.length > 1 ? `, and ${errors.length - 1} other diagnostic(s)` : '';
  throw new FunctionError(`${where}${first.summary}; ${first.detail}${more}`);
}

import {
  FunctionError,
  type HclFunction,
  type LazyArgument,
  type LazyFunction,
  type StrictFunction,
} from '../functions/function.js';
import { type Evaluated, type StaticExpression } from '../static-expression.js';
import { type CallNode, type Node } from '../syntax/node.js';
import { type SourceText } from '../syntax/source.js';
import { suggest } from '../syntax/suggest.js';
import { ConversionError, convert, toText } from '../values/convert.js';
import { marksOf, unmark, withMarks } from '../values/marks.js';
import {
  type ListValue,
  MapValue,
  MarkedValue,
  NullValue,
  ObjectValue,
  type SetValue,
  type TupleValue,
  UNKNOWN,
  UnknownValue,
  type Value,
  typeOf,
} from '../values/value.js';
import { callFunction, parameterAt } from './call.js';
import { type Evaluator, type Frame, type Place } from './frame.js';
import { startOf } from './start-of.js';

/** Makes the public form of an inner expression, for functions that look at their arguments. */
export type ExpressionOf = (node: Node, source: SourceText) => StaticExpression;

export function call(node: CallNode, args: readonly Evaluator[], expressionOf: ExpressionOf): Evaluator {
  return (frame) => {
    const functions = frame.scope.functions;
    const fn = functions?.get(node.name);
    if (fn === undefined) return unknownFunction(node, functions, frame);
    frame.step(node);
    return 'lazy' in fn ? lazyCall(node, frame, fn, args, expressionOf) : strictCall(node, frame, fn, args);
  };
}

function lazyCall(
  node: CallNode,
  frame: Frame,
  fn: LazyFunction,
  args: readonly Evaluator[],
  expressionOf: ExpressionOf,
): Value {
  const mark = frame.diagnostics.length;
  const last = args.length - 1;
  let expanded: readonly Value[] | undefined = [];
  if (node.expand) {
    expanded = expand(node, frame, args[last]!(frame), node.args[last]!, mark);
    if (expanded === undefined) return UNKNOWN;
  }
  const written = node.expand ? args.slice(0, last) : args;
  const lazy = [
    ...written.map((arg, i): LazyArgument => ({
      expression: expressionOf(node.args[i]!, frame.source),
      evaluate: () => apart(frame, arg),
    })),
    ...expanded.map((value): LazyArgument => ({
      expression: expressionOf(node.args[last]!, frame.source),
      evaluate: () => ({ value, diagnostics: [] }),
    })),
  ];
  if (!arity(node, frame, lazy.length, fn.params, fn.varParam !== undefined)) return UNKNOWN;
  try {
    return fn.lazy(lazy);
  } catch (error) {
    return callFault(node, frame, error, (i) => fn.params[i] ?? fn.varParam);
  }
}

/** Evaluates with diagnostics of its own. */
function apart(frame: Frame, evaluator: Evaluator): Evaluated {
  const mark = frame.diagnostics.length;
  const value = evaluator(frame);
  return { value, diagnostics: frame.diagnostics.splice(mark) };
}

function unknownFunction(
  node: CallNode,
  functions: ReadonlyMap<string, HclFunction> | undefined,
  frame: Frame,
): Value {
  const namePlace = { start: node.start, end: node.nameEnd };
  if (functions === undefined)
    return frame.error(
      'functions-not-allowed',
      'Function calls not allowed',
      'Functions may not be called here.',
      node,
    );
  const summary = 'Call to unknown function';
  const separator = node.name.lastIndexOf('::');
  if (separator >= 0) {
    const namespace = node.name.slice(0, separator + 2);
    const name = node.name.slice(separator + 2);
    const available = [...functions.keys()].filter((key) => key.startsWith(namespace));
    if (available.length === 0)
      return frame.error(
        'unknown-function',
        summary,
        `There are no functions in namespace "${namespace}".`,
        namePlace,
        node,
      );
    const near = suggest(
      name,
      available.map((key) => key.slice(namespace.length)),
    );
    return frame.error(
      'unknown-function',
      summary,
      `There is no function named "${name}" in namespace ${namespace}.${near === undefined ? '' : ` Did you mean ${namespace}${near}?`}`,
      namePlace,
      node,
    );
  }
  const near = suggest(node.name, functions.keys());
  return frame.error(
    'unknown-function',
    summary,
    `There is no function named "${node.name}".${near === undefined ? '' : ` Did you mean "${near}"?`}`,
    namePlace,
    node,
  );
}

function arity(
  node: CallNode,
  frame: Frame,
  given: number,
  params: readonly string[],
  variadic: boolean,
): boolean {
  if (given < params.length) {
    frame.error(
      'missing-argument',
      'Not enough function arguments',
      `Function "${node.name}" expects${variadic ? ' at least' : ''} ${params.length} argument(s). Missing value for "${params[given]!}".`,
      { start: node.close, end: node.end },
      node,
    );
    return false;
  }
  if (!variadic && given > params.length) {
    frame.error(
      'extra-argument',
      'Too many function arguments',
      `Function "${node.name}" expects only ${params.length} argument(s).`,
      argumentPlace(node, params.length),
      node,
    );
    return false;
  }
  return true;
}

/** Where a message about an argument points: to its beginning; for an element of an expanded one, to all of that. */
function argumentPlace({ args, expand, start, end }: CallNode, i: number): Place {
  const last = args.length - 1;
  if (expand && i >= last) return args[last]!;
  return i > last ? { start, end } : startOf(args[i]!);
}

function strictCall(
  node: CallNode,
  frame: Frame,
  fn: StrictFunction,
  evaluators: readonly Evaluator[],
): Value {
  const mark = frame.diagnostics.length;
  const values: Value[] = [];
  // The expanded argument comes first, as it decides how many there are.
  let expanded: readonly Value[] | undefined;
  if (node.expand) {
    const last = evaluators.length - 1;
    expanded = expand(node, frame, evaluators[last]!(frame), node.args[last]!, mark);
    if (expanded === undefined) return UNKNOWN;
  }
  const plain = node.expand ? evaluators.length - 1 : evaluators.length;
  const total = plain + (expanded?.length ?? 0);
  const names = fn.params.map((param) => param.name);
  if (!arity(node, frame, total, names, fn.varParam !== undefined)) return UNKNOWN;
  for (let i = 0; i < total; i++) {
    const value = i < plain ? evaluators[i]!(frame) : expanded![i - plain]!;
    const parameter = parameterAt(fn, i)!;
    if (frame.reads !== undefined && typeof value === 'object') {
      if (fn.reads === 'structure') frame.reads.observeStructure(value);
      else frame.reads.markOutput(value);
    }
    try {
      values.push(convert(value, parameter.type));
    } catch (error) {
      if (!(error instanceof ConversionError)) throw error;
      frame.error(
        'argument',
        'Invalid function argument',
        `Invalid value for "${parameter.name}" parameter: ${error.message}.`,
        argumentPlace(node, i),
        node,
      );
      values.push(value);
    }
  }
  if (frame.diagnostics.length > mark) return UNKNOWN;
  try {
    return frame.sized(callFunction(fn, values), node);
  } catch (error) {
    return callFault(node, frame, error, (i) => parameterAt(fn, i)?.name, values);
  }
}

function expand(
  node: CallNode,
  frame: Frame,
  given: Value,
  argument: Node,
  mark: number,
): readonly Value[] | undefined {
  if (frame.diagnostics.length > mark) return undefined;
  const value = unmark(given);
  const invalid = (detail: string): undefined => {
    frame.error('expansion', 'Invalid expanding argument value', detail, argument, node);
    return undefined;
  };
  const type = typeOf(value);
  const expandable =
    type.kind === 'dynamic' || type.kind === 'tuple' || type.kind === 'list' || type.kind === 'set';
  if (!expandable) {
    invalid('The expanding argument (indicated by ...) must be of a tuple, list, or set type.');
    return;
  }
  if (value instanceof NullValue) {
    invalid('The expanding argument (indicated by ...) must not be null.');
    return;
  }
  if (value instanceof UnknownValue) return undefined;
  const sequence = value as TupleValue | ListValue | SetValue;
  frame.reads?.observe(sequence);
  const marks = marksOf(given);
  return marks.size === 0 ? sequence.items : sequence.items.map((item) => withMarks(item, marks));
}

function callFault(
  node: CallNode,
  frame: Frame,
  error: unknown,
  parameterName: (i: number) => string | undefined,
  values: readonly Value[] = [],
): Value {
  if (!(error instanceof FunctionError)) throw error;
  const reason = withoutSecrets(error.message, values);
  const parameter = error.argument === undefined ? undefined : parameterName(error.argument);
  if (parameter !== undefined) {
    return frame.error(
      'argument',
      'Invalid function argument',
      `Invalid value for "${parameter}" parameter: ${reason}.`,
      argumentPlace(node, error.argument!),
      node,
    );
  }
  return frame.error(
    'call-failed',
    'Error in function call',
    `Call to function "${node.name}" failed: ${reason}.`,
    { start: node.start, end: node.open + 1 },
    node,
  );
}

/** Everywhere but within a longer word: the message would be unreadable, and the word is not the secret. */
function standingAlone(text: string): RegExp {
  const before = /^[\p{L}\p{N}_]/u.test(text) ? '(?<![\\p{L}\\p{N}_])' : '';
  const after = /[\p{L}\p{N}_]$/u.test(text) ? '(?![\\p{L}\\p{N}_])' : '';
  return new RegExp(`${before}${text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}${after}`, 'gu');
}

/** Takes marked texts out of a message. */
function withoutSecrets(message: string, values: readonly Value[]): string {
  let out = message;
  const hide = (value: Value, marked: boolean): void => {
    if (value instanceof MarkedValue) hide(value.value, true);
    else if (typeof value === 'string' || typeof value === 'number') {
      const text = typeof value === 'string' ? value : toText(value);
      if (marked && text.length > 0) out = out.replace(standingAlone(text), '(sensitive value)');
    } else if (typeof value === 'object' && 'items' in value)
      for (const item of value.items) hide(item, marked);
    else if (value instanceof ObjectValue) for (const slot of value.slots) hide(slot, marked);
    else if (value instanceof MapValue) for (const item of value.entries.values()) hide(item, marked);
  };
  for (const value of values) hide(value, false);
  return out;
}

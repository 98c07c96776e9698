import {
  add,
  compare,
  divide,
  modulo,
  multiply,
  negate,
  subtract,
  UndefinedResult,
} from '../number/index.js';
import { ConversionError, convert } from '../values/convert.js';
import { equal, UNKNOWN_BOOL } from '../values/equality.js';
import { marksOf, union, unmark, withMarks } from '../values/marks.js';
import { numberBounds } from '../values/refinement.js';
import { literalText } from '../syntax/literal-text.js';
import { type BinaryNode, type BinaryOperator, type UnaryNode } from '../syntax/node.js';
import { BOOL, NUMBER, type Type } from '../values/type.js';
import {
  isComposite,
  isNumber,
  NullValue,
  unknown,
  UnknownValue,
  type NumberValue,
  type Value,
} from '../values/value.js';
import { type Evaluator, type Frame } from './frame.js';

const ARITHMETIC: Partial<Record<BinaryOperator, (a: NumberValue, b: NumberValue) => NumberValue>> = {
  '+': add,
  '-': subtract,
  '*': multiply,
  '/': divide,
  '%': modulo,
};

const COMPARISON: Partial<Record<BinaryOperator, (order: number) => boolean>> = {
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
};

const UNKNOWN_NUMBER = new UnknownValue(NUMBER, { notNull: true });

/** Each operator has a short way for known, unmarked operands of the right type; anything else takes the long one. */
export function compileBinary(node: BinaryNode, left: Evaluator, right: Evaluator): Evaluator {
  const { operator } = node;
  switch (operator) {
    case '==':
    case '!=': {
      const negative = operator === '!=';
      const constant = literalText(node.right);
      if (constant !== undefined)
        return (frame) => {
          const mark = frame.diagnostics.length;
          const a = left(frame);
          if (typeof a === 'string' && frame.diagnostics.length === mark)
            return (a === constant) !== negative;
          return equality(frame, node, a, constant, negative, mark);
        };
      return (frame) => {
        const mark = frame.diagnostics.length;
        const a = left(frame);
        const b = right(frame);
        if (typeof a !== 'object' && typeof b !== 'object' && frame.diagnostics.length === mark)
          return (a === b) !== negative;
        return equality(frame, node, a, b, negative, mark);
      };
    }
    case '&&':
    case '||':
      return logical(node, left, right, operator === '||');
    default: {
      const compute = ARITHMETIC[operator];
      if (compute !== undefined)
        return (frame) => {
          const mark = frame.diagnostics.length;
          const a = left(frame);
          const b = right(frame);
          if (typeof a === 'number' && typeof b === 'number' && b !== 0) return compute(a, b);
          return arithmetic(frame, node, compute, a, b, mark);
        };
      const decide = COMPARISON[operator]!;
      return (frame) => {
        const mark = frame.diagnostics.length;
        const a = left(frame);
        const b = right(frame);
        if (typeof a === 'number' && typeof b === 'number') return decide(a - b);
        return comparison(frame, node, decide, a, b, mark);
      };
    }
  }
}

/** The long way of `==` and `!=`; `mark`: how many faults there were before the operands. */
export function equality(
  frame: Frame,
  node: BinaryNode,
  a: Value,
  b: Value,
  negative: boolean,
  mark: number,
): Value {
  if (frame.diagnostics.length > mark) return withMarks(unknown(BOOL), union(marksOf(a), marksOf(b)));
  if (frame.reads !== undefined) {
    if (isComposite(a)) frame.reads.markOutput(a);
    if (isComposite(b)) frame.reads.markOutput(b);
  }
  const result = equal(a, b);
  if (!negative) return result;
  const bare = unmark(result);
  return withMarks(typeof bare === 'boolean' ? !bare : bare, marksOf(result));
}

/** Both operands as the type, without their marks; undefined where either cannot be or failed to evaluate. */
function operands(
  frame: Frame,
  node: BinaryNode,
  a: Value,
  b: Value,
  type: Type,
): readonly [Value, Value] | undefined {
  const x = operand(frame, node, a, type, 'left');
  const y = operand(frame, node, b, type, 'right');
  return x === undefined || y === undefined ? undefined : [x, y];
}

function operand(
  frame: Frame,
  node: BinaryNode,
  value: Value,
  type: Type,
  side: 'left' | 'right',
): Value | undefined {
  try {
    return unmark(convert(value, type));
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    frame.error(
      'invalid-operand',
      'Invalid operand',
      `Unsuitable value for ${side} operand: ${error.message}.`,
      node[side],
      node,
    );
    return undefined;
  }
}

const failure = (frame: Frame, node: BinaryNode | UnaryNode, reason: string): void => {
  frame.error('operation-failed', 'Operation failed', `Error during operation: ${reason}.`, node);
};

function arithmetic(
  frame: Frame,
  node: BinaryNode,
  compute: (a: NumberValue, b: NumberValue) => NumberValue,
  a: Value,
  b: Value,
  mark: number,
): Value {
  const faults = frame.diagnostics.splice(mark);
  const pair = operands(frame, node, a, b, NUMBER);
  frame.diagnostics.push(...faults);
  const marks = union(marksOf(a), marksOf(b));
  if (pair === undefined || frame.diagnostics.length > mark)
    return pair === undefined ? unknown(NUMBER) : withMarks(unknown(NUMBER), marks);
  const [x, y] = pair;
  if (x instanceof NullValue || y instanceof NullValue) {
    failure(frame, node, 'argument must not be null');
    return unknown(NUMBER);
  }
  if (!isNumber(x) || !isNumber(y)) return withMarks(UNKNOWN_NUMBER, marks);
  try {
    return withMarks(compute(x, y), marks);
  } catch (error) {
    if (!(error instanceof UndefinedResult)) throw error;
    failure(frame, node, error.message);
    return unknown(NUMBER);
  }
}

function comparison(
  frame: Frame,
  node: BinaryNode,
  decide: (order: number) => boolean,
  a: Value,
  b: Value,
  mark: number,
): Value {
  const faults = frame.diagnostics.splice(mark);
  const pair = operands(frame, node, a, b, NUMBER);
  frame.diagnostics.push(...faults);
  const marks = union(marksOf(a), marksOf(b));
  if (pair === undefined || frame.diagnostics.length > mark)
    return pair === undefined ? unknown(BOOL) : withMarks(unknown(BOOL), marks);
  const [x, y] = pair;
  if (x instanceof NullValue || y instanceof NullValue) {
    failure(frame, node, 'argument must not be null');
    return unknown(BOOL);
  }
  if (isNumber(x) && isNumber(y)) return withMarks(decide(compare(x, y)), marks);
  return withMarks(compareRanges(node.operator, x, y) ?? UNKNOWN_BOOL, marks);
}

/** What the bounds of unknown numbers already decide. */
function compareRanges(operator: BinaryOperator, a: Value, b: Value): boolean | undefined {
  const x = numberBounds(a);
  const y = numberBounds(b);
  if (x === undefined || y === undefined) return undefined;
  const below = compare(x.upper.value, y.lower.value) < 0;
  const above = compare(x.lower.value, y.upper.value) > 0;
  if (operator === '<') return below ? true : above ? false : undefined;
  if (operator === '>') return above ? true : below ? false : undefined;
  // "or equal" is certain only where the strict comparison is.
  if (operator === '<=') return below ? true : above ? false : undefined;
  return above ? true : below ? false : undefined;
}

/** `||` where `decisive` is true, `&&` where it is false: that value of either side decides, whatever the other says. */
function logical(node: BinaryNode, left: Evaluator, right: Evaluator, decisive: boolean): Evaluator {
  return (frame) => {
    const { diagnostics } = frame;
    const before = diagnostics.length;
    const a = left(frame);
    const between = diagnostics.length;
    const b = right(frame);
    if (typeof a === 'boolean' && typeof b === 'boolean' && diagnostics.length === before)
      return decisive ? a || b : a && b;
    return logicalSlow(frame, node, a, b, decisive, before, between);
  };
}

function logicalSlow(
  frame: Frame,
  node: BinaryNode,
  a: Value,
  b: Value,
  decisive: boolean,
  before: number,
  between: number,
): Value {
  const { diagnostics } = frame;
  const leftFaults = diagnostics.slice(before, between);
  const rightFaults = diagnostics.slice(between);
  diagnostics.length = before;
  const pair = operands(frame, node, a, b, BOOL);
  const marks = union(marksOf(a), marksOf(b));
  if (pair === undefined) {
    diagnostics.push(...leftFaults, ...rightFaults);
    return unknown(BOOL);
  }
  const [x, y] = pair;
  const unknownX = x instanceof UnknownValue;
  const unknownY = y instanceof UnknownValue;
  if (unknownX && unknownY && leftFaults.length === 0) return withMarks(UNKNOWN_BOOL, marks);
  // As in the reference, null counts as false here; only where that does not decide is it an error.
  const decides = (side: Value): boolean =>
    decisive ? side === true : side !== true && !(side instanceof UnknownValue);
  const neutral = (side: Value): boolean => !(side instanceof UnknownValue) && !decides(side);
  if (decides(x)) {
    diagnostics.push(...leftFaults);
    return withMarks(decisive, marks);
  }
  if (decides(y)) {
    diagnostics.push(...rightFaults);
    return withMarks(decisive, marks);
  }
  if (unknownX && neutral(y)) {
    diagnostics.push(...leftFaults);
    return withMarks(UNKNOWN_BOOL, marks);
  }
  if (unknownY && neutral(x)) {
    diagnostics.push(...rightFaults);
    return withMarks(UNKNOWN_BOOL, marks);
  }
  diagnostics.push(...leftFaults, ...rightFaults);
  if (leftFaults.length + rightFaults.length > 0) return withMarks(unknown(BOOL), marks);
  if (x instanceof NullValue || y instanceof NullValue) {
    failure(frame, node, 'argument must not be null');
    return unknown(BOOL);
  }
  return withMarks(unknownX || unknownY ? UNKNOWN_BOOL : !decisive, marks);
}

export function compileUnary(node: UnaryNode, inner: Evaluator): Evaluator {
  const type = node.operator === '!' ? BOOL : NUMBER;
  return (frame) => {
    const mark = frame.diagnostics.length;
    const given = inner(frame);
    if (typeof given === 'boolean' && type === BOOL) return !given;
    if (typeof given === 'number' && type === NUMBER) return negate(given);
    let value: Value;
    try {
      value = unmark(convert(given, type));
    } catch (error) {
      if (!(error instanceof ConversionError)) throw error;
      frame.error(
        'invalid-operand',
        'Invalid operand',
        `Unsuitable value for unary operand: ${error.message}.`,
        node.operand,
        node,
      );
      return unknown(type);
    }
    if (frame.diagnostics.length > mark) return unknown(type);
    if (value instanceof NullValue) {
      failure(frame, node, 'argument must not be null');
      return unknown(type);
    }
    const marks = marksOf(given);
    if (typeof value === 'boolean') return withMarks(!value, marks);
    if (isNumber(value)) return withMarks(negate(value), marks);
    // As in the reference, the marks come with the value.
    return type === BOOL ? UNKNOWN_BOOL : UNKNOWN_NUMBER;
  };
}

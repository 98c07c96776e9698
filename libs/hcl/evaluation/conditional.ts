import { type Diagnostic } from '../../kernel/diagnostic.js';
import { compare } from '../number/index.js';
import { type ConditionalNode } from '../syntax/node.js';
import { ConversionError, conversionBetween, convert, hasConversion } from '../values/convert.js';
import { marksOf, union, unmark, withMarks } from '../values/marks.js';
import { UNBOUNDED, definitelyNotNull, lengthBounds, numberBounds, refine } from '../values/refinement.js';
import { BOOL, DYNAMIC, type Type, equalTypes } from '../values/type.js';
import { unify } from '../values/unify.js';
import { NullValue, type Refinement, UnknownValue, type Value, typeOf, unknown } from '../values/value.js';
import { describeTypeMismatch } from './conditional-mismatch.js';
import { type Evaluator, type Frame } from './frame.js';

/** Both results are evaluated, as their types decide the type of the whole; faults of the one not taken are dropped. */
export function conditional(
  node: ConditionalNode,
  condition: Evaluator,
  yes: Evaluator,
  no: Evaluator,
): Evaluator {
  return (frame) => {
    const { diagnostics } = frame;
    const start = diagnostics.length;
    const yesValue = yes(frame);
    const yesFaults = diagnostics.length > start ? diagnostics.splice(start) : undefined;
    const noValue = no(frame);
    const noFaults = diagnostics.length > start ? diagnostics.splice(start) : undefined;
    const given = condition(frame);
    if (
      typeof given === 'boolean' &&
      yesFaults === undefined &&
      noFaults === undefined &&
      typeof yesValue === typeof noValue &&
      typeof yesValue !== 'object'
    )
      return given ? yesValue : noValue;
    return choose(node, frame, start, given, yesValue, noValue, yesFaults ?? [], noFaults ?? []);
  };
}

function choose(
  node: ConditionalNode,
  frame: Frame,
  start: number,
  given: Value,
  yesValue: Value,
  noValue: Value,
  yesFaults: readonly Diagnostic[],
  noFaults: readonly Diagnostic[],
): Value {
  const yesType = typeOf(yesValue);
  const noType = typeOf(noValue);
  const dynamicNull = (value: Value): boolean => value instanceof NullValue && value.type.kind === 'dynamic';
  let type: Type | undefined;
  if (dynamicNull(yesValue)) type = noType;
  else if (dynamicNull(noValue)) type = yesType;
  else if (yesType.kind === 'dynamic' || noType.kind === 'dynamic') type = DYNAMIC;
  else {
    type = equalTypes(yesType, noType) ? yesType : unify([yesType, noType], true);
    // Types depend on all that there is, of the value not taken too.
    frame.reads?.markOutput(yesValue);
    frame.reads?.markOutput(noValue);
  }
  if (type === undefined) {
    frame.diagnostics.length = start;
    return frame.error(
      'conditional-types',
      'Inconsistent conditional result types',
      `The true and false result expressions must have consistent types. ${describeTypeMismatch(yesType, noType)}.`,
      { start: node.yes.start, end: node.no.end },
      node,
    );
  }
  const conditionValue = unmark(given);
  if (conditionValue instanceof NullValue) {
    frame.error(
      'null-condition',
      'Null condition',
      'The condition value is null. Conditions must either be true or false.',
      node.condition,
      node,
    );
    return unknown(type);
  }
  const marks = union(union(marksOf(given), marksOf(yesValue)), marksOf(noValue));
  const yesBare = unmark(yesValue);
  const noBare = unmark(noValue);
  if (conditionValue instanceof UnknownValue) return withMarks(undecided(type, yesBare, noBare), marks);
  let decision: Value;
  try {
    decision = convert(conditionValue, BOOL);
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    frame.reads?.markOutput(given);
    frame.error(
      'condition-type',
      'Incorrect condition type',
      'The condition expression must be of type bool.',
      node.condition,
      node,
    );
    return unknown(type);
  }
  const taken = decision === true;
  frame.diagnostics.push(...(taken ? yesFaults : noFaults));
  const value = taken ? yesBare : noBare;
  const from = taken ? yesType : noType;
  if (type.kind === 'dynamic' || equalTypes(from, type)) return withMarks(value, marks);
  // Of a null that takes the other's type.
  frame.reads?.markOutput(taken ? noValue : yesValue);
  try {
    const conversion = conversionBetween(besideCollection(from, taken ? noType : yesType, type), type, true);
    return withMarks(conversion === undefined ? value : conversion(value), marks);
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    frame.error(
      'conditional-types',
      'Inconsistent conditional result types',
      `The ${taken ? 'true' : 'false'} result value has the wrong type: ${error.message}.`,
      taken ? node.yes : node.no,
      node,
    );
    return withMarks(unknown(type), marks);
  }
}

/**
 * Beside a list a tuple counts as a list of what its elements have in common, beside a map an object as a map. As in the
 * reference, where the result is of yet another type, the elements are taken for such without being converted to it first.
 */
function besideCollection(from: Type, other: Type, to: Type): Type {
  let elements: readonly Type[];
  if (from.kind === 'tuple' && other.kind === 'list') elements = from.elements;
  else if (from.kind === 'object' && other.kind === 'map') elements = [...from.attributes.values()];
  else return from;
  const element = unify(elements, true);
  if (element === undefined) return from;
  const type: Type = { kind: other.kind, element };
  const counts = hasConversion(from, type, true) && unify([type, other], true)?.kind === type.kind;
  return counts && !equalTypes(type, to) ? type : from;
}

/** What both results have in common while the condition is unknown. */
function undecided(type: Type, a: Value, b: Value): Value {
  if (a instanceof NullValue && b instanceof NullValue) return new NullValue(type);
  const more: { -readonly [K in keyof Refinement]: Refinement[K] } = {};
  if (definitelyNotNull(a) && definitelyNotNull(b)) more.notNull = true;
  const typeA = typeOf(a);
  const typeB = typeOf(b);
  if (typeA.kind === 'number' && typeB.kind === 'number') {
    const x = numberBounds(a);
    const y = numberBounds(b);
    // A refinement all the same in the reference, which shows it.
    if (x === undefined || y === undefined) return new UnknownValue(type, more);
    const lower = compare(x.lower.value, y.lower.value);
    const upper = compare(x.upper.value, y.upper.value);
    more.lower =
      lower === 0
        ? { value: x.lower.value, inclusive: x.lower.inclusive || y.lower.inclusive }
        : lower < 0
          ? x.lower
          : y.lower;
    more.upper =
      upper === 0
        ? { value: x.upper.value, inclusive: x.upper.inclusive || y.upper.inclusive }
        : upper > 0
          ? x.upper
          : y.upper;
  } else if ('element' in typeA && equalTypes(typeA, typeB)) {
    const [leastA, mostA] = lengthRange(a);
    const [leastB, mostB] = lengthRange(b);
    more.minLength = Math.min(leastA, leastB);
    const most = Math.max(mostA, mostB);
    if (most < UNBOUNDED) more.maxLength = most;
  }
  return refine(unknown(type), more);
}

/** As in the reference, nothing is known of the length of a set whose unknown elements may coincide. */
function lengthRange(value: Value): readonly [number, number] {
  const bounds = lengthBounds(value);
  const certain = value instanceof UnknownValue || bounds[0] === bounds[1];
  return certain ? bounds : [0, UNBOUNDED];
}

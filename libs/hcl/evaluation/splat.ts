import { type SplatNode } from '../syntax/node.js';
import { asElement } from '../values/convert.js';
import { marksOf, unmark, withMarks } from '../values/marks.js';
import { UNBOUNDED, definitelyNotNull, lengthBounds, refine } from '../values/refinement.js';
import { DYNAMIC, type Type, equalTypes, listOf, tupleOf } from '../values/type.js';
import {
  EMPTY_TUPLE,
  ListValue,
  NullValue,
  type SetValue,
  TupleValue,
  UNKNOWN,
  UnknownValue,
  type Value,
  typeOf,
  unknown,
} from '../values/value.js';
import { type Evaluator, type Frame } from './frame.js';

export function splat(node: SplatNode, source: Evaluator, eachItem: Evaluator, slot: number): Evaluator {
  const resultType = (type: Type, frame: Frame): Type => {
    const of = (element: Type): Type => {
      frame.locals[slot] = unknown(element);
      return typeOf(eachItem(frame));
    };
    if (type.kind === 'list' || type.kind === 'set') return listOf(of(type.element));
    return type.kind === 'tuple' ? tupleOf(type.elements.map(of)) : DYNAMIC;
  };
  return (frame) => {
    const mark = frame.diagnostics.length;
    const given = source(frame);
    if (frame.diagnostics.length > mark) return UNKNOWN;
    let bare = unmark(given);
    const marks = marksOf(given);
    let type = typeOf(bare);
    const single = type.kind !== 'tuple' && type.kind !== 'list' && type.kind !== 'set';
    if (bare instanceof NullValue) {
      if (single) return withMarks(EMPTY_TUPLE, marks);
      return frame.error(
        'splat-null',
        'Splat of null value',
        'Splat expressions (with the * symbol) cannot be applied to null sequences.',
        node.source,
        { start: node.source.start, end: node.markerEnd },
      );
    }
    if (type.kind === 'dynamic') return withMarks(UNKNOWN, marks);
    let maybeNull = false;
    if (single) {
      maybeNull = bare instanceof UnknownValue && !definitelyNotNull(bare);
      bare = new TupleValue([given]);
      type = bare.type;
    }
    if (bare instanceof UnknownValue) {
      const result = resultType(type, frame);
      let value: Value = unknown(result);
      if (result.kind === 'list' && type.kind !== 'tuple') {
        const [least, most] = lengthBounds(bare);
        value = refine(value, {
          notNull: true,
          minLength: least,
          ...(most < UNBOUNDED && { maxLength: most }),
        });
      } else value = refine(value, { notNull: true });
      return withMarks(value, marks);
    }
    const sequence = bare as TupleValue | ListValue | SetValue;
    if (!single) frame.reads?.observe(sequence);
    const items: Value[] = [];
    const before = frame.diagnostics.length;
    for (const item of sequence.items) {
      frame.step(node);
      frame.locals[slot] = item;
      items.push(eachItem(frame));
    }
    if (maybeNull) return withMarks(UNKNOWN, marks);
    if (frame.diagnostics.length > before) {
      const count = frame.diagnostics.length;
      const result = resultType(type, frame);
      frame.diagnostics.length = count;
      return withMarks(unknown(result), marks);
    }
    if (type.kind === 'tuple') return withMarks(frame.sized(new TupleValue(items), node), marks);
    if (items.length === 0) {
      const result = resultType(type, frame);
      return withMarks(new ListValue(listOf('element' in result ? result.element : DYNAMIC), []), marks);
    }
    const element = oneType(items);
    if (element === undefined)
      return frame.error(
        'nested-splat',
        'Invalid nested splat expressions',
        "The second level of splat expression produced elements of different types, so it isn't possible to construct a valid list to represent the top-level result.\n\nConsider using a for expression instead, to produce a tuple-typed result which can therefore have non-homogenous element types.",
        node.each,
        node,
      );
    const typed = items.map((item) => asElement(item, element));
    return withMarks(frame.sized(new ListValue(listOf(element), typed), node), marks);
  };
}

function oneType(items: readonly Value[]): Type | undefined {
  let common: Type = DYNAMIC;
  for (const item of items) {
    const type = typeOf(item);
    if (common.kind === 'dynamic') common = type;
    else if (type.kind !== 'dynamic' && !equalTypes(type, common)) return undefined;
  }
  return common;
}

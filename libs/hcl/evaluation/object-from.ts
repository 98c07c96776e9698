import { type ObjectKeyNode, type ObjectNode } from '../syntax/node.js';
import { NO_MARKS, marksOf, union, unmark, withMarks } from '../values/marks.js';
import { compareText } from '../values/type.js';
import { NullValue, ObjectValue, Shape, UNKNOWN, type Value, writtenShape } from '../values/value.js';
import { type Evaluator } from './frame.js';
import { asText } from './object-key.js';

/** An object whose names the text says. */
export function fixedObject(
  node: ObjectNode,
  names: readonly string[],
  values: readonly Evaluator[],
): Evaluator {
  const shape = writtenShape([...new Set(names)].sort(compareText));
  const places = names.map((name) => shape.places.get(name)!);
  return (frame) => {
    const slots = new Array<Value>(shape.names.length);
    for (let i = 0; i < values.length; i++) slots[places[i]!] = values[i]!(frame);
    return frame.sized(new ObjectValue(shape, slots), node);
  };
}

/** An object some of whose names come from expressions. */
export function computedObject(
  node: ObjectNode,
  keys: readonly Evaluator[],
  values: readonly Evaluator[],
): Evaluator {
  let lastShape: Shape | undefined;
  return (frame) => {
    const attributes = new Map<string, Value>();
    let marks = NO_MARKS;
    let known = true;
    for (let i = 0; i < keys.length; i++) {
      const mark = frame.diagnostics.length;
      const given = keys[i]!(frame);
      const failed = frame.diagnostics.length > mark;
      const value = values[i]!(frame);
      if (failed) {
        known = false;
        continue;
      }
      const key = unmark(given);
      const { key: keyNode, value: valueNode } = node.items[i]!;
      if (key instanceof NullValue) {
        frame.error('null-key', 'Null value as key', "Can't use a null value as a key.", valueNode);
        known = false;
        continue;
      }
      marks = union(marks, marksOf(given));
      const name = asText(key, (reason) => {
        frame.error('key-type', 'Incorrect key type', `Can't use this value as a key: ${reason}.`, keyNode);
      });
      if (name === undefined) known = false;
      else attributes.set(name, value);
    }
    if (!known) return UNKNOWN;
    const object = objectFrom(attributes, lastShape);
    lastShape = object.shape;
    return withMarks(frame.sized(object, node), marks);
  };
}

/** A key such as `a.b`. */
export function ambiguousKey(key: ObjectKeyNode): Evaluator {
  return (frame) =>
    frame.error(
      'ambiguous-key',
      'Ambiguous attribute key',
      "If this expression is intended to be a reference, wrap it in parentheses. If it's instead intended as a literal name containing periods, wrap it in quotes to create a string literal.",
      key,
    );
}

/** Reuses the shape of the last object made at the same place where it fits. */
export function objectFrom(attributes: ReadonlyMap<string, Value>, last: Shape | undefined): ObjectValue {
  let shape = last;
  if (shape?.names.length !== attributes.size || !shape.names.every((name) => attributes.has(name)))
    shape = new Shape([...attributes.keys()].sort(compareText));
  return new ObjectValue(
    shape,
    shape.names.map((name) => attributes.get(name)!),
  );
}

import { type ObjectNode } from '../syntax/node.js';
import { compareText } from '../values/type.js';
import { ObjectValue, Shape, type Value } from '../values/value.js';
import { type Evaluator } from './frame.js';

export function fixedObject(
  node: ObjectNode,
  names: readonly string[],
  values: readonly Evaluator[],
): Evaluator {
  const shape = new Shape([...new Set(names)].sort(compareText));
  const places = names.map((name) => shape.places.get(name)!);
  return (frame) => {
    const slots = new Array<Value>(shape.names.length);
    for (let i = 0; i < values.length; i++) slots[places[i]!] = values[i]!(frame);
    return frame.sized(new ObjectValue(shape, slots), node);
  };
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

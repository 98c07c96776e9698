import { type ForNode } from '../syntax/node.js';
import { ConversionError, convert } from '../values/convert.js';
import { type Marks, marksOf, union, unmark, withMarks } from '../values/marks.js';
import { BOOL, friendlyName } from '../values/type.js';
import {
  type Composite,
  ListValue,
  MapValue,
  MarkedValue,
  NullValue,
  ObjectValue,
  SetValue,
  type Shape,
  TupleValue,
  UNKNOWN,
  UnknownValue,
  type Value,
  typeOf,
} from '../values/value.js';
import { type Evaluator, type Frame } from './frame.js';
import { objectFrom } from './object-from.js';
import { asText } from './object-key.js';

export class Loop {
  private lastShape: Shape | undefined;

  constructor(
    private readonly node: ForNode,
    private readonly keySlot: number,
    private readonly valueSlot: number,
    private readonly condition: Evaluator | undefined,
    private readonly key: Evaluator | undefined,
    private readonly value: Evaluator,
  ) {}

  over(given: Value, frame: Frame): Value {
    // The short way: a known sequence, no faults, nothing marked or unknown in the conditions.
    if ((given instanceof TupleValue || given instanceof ListValue) && this.key === undefined) {
      const result = this.fast(given, frame);
      if (result !== undefined) return result;
    }
    return this.run(given, frame);
  }

  /** A tuple, or undefined where the long way is needed; then nothing has been reported. */
  private fast(collection: TupleValue | ListValue, frame: Frame): Value | undefined {
    const { condition, value, keySlot, valueSlot, node } = this;
    const { items } = collection;
    const { locals, diagnostics } = frame;
    // Without elements nothing has tried the condition.
    if (items.length === 0 && condition !== undefined) return undefined;
    const mark = diagnostics.length;
    if (collection.origin !== undefined) frame.reads?.observe(collection);
    const out: Value[] = [];
    const keyed = node.keyName !== undefined;
    const itself =
      node.value.kind === 'traversal' && node.value.root === node.valueName && node.value.steps.length === 0;
    frame.step(node, items.length);
    for (let i = 0; i < items.length; i++) {
      if (keyed) locals[keySlot] = i;
      locals[valueSlot] = items[i]!;
      if (condition !== undefined) {
        const include = condition(frame);
        if (include === false) continue;
        if (include !== true) {
          diagnostics.length = mark;
          return undefined;
        }
      }
      out.push(itself ? items[i]! : value(frame));
    }
    if (diagnostics.length > mark) {
      diagnostics.length = mark;
      return undefined;
    }
    return frame.sized(new TupleValue(out), node);
  }

  private run(given: Value, frame: Frame): Value {
    const { node, condition } = this;
    const collection = unmark(given);
    let marks = marksOf(given);
    if (collection instanceof NullValue)
      return frame.error(
        'null-iteration',
        'Iteration over null value',
        "A null value cannot be used as the collection in a 'for' expression.",
        node.collection,
        node,
      );
    const type = typeOf(collection);
    if (type.kind === 'dynamic') return UNKNOWN;
    if (!('element' in type) && type.kind !== 'tuple' && type.kind !== 'object')
      return frame.error(
        'not-iterable',
        'Iteration over non-iterable value',
        `A value of type ${friendlyName(type)} cannot be used as the collection in a 'for' expression.`,
        node.collection,
        node,
      );
    if (condition !== undefined) {
      const checked = this.checkCondition(condition, frame);
      if (checked === undefined) return UNKNOWN;
      if (collection instanceof UnknownValue) marks = union(marks, checked);
    }
    if (collection instanceof UnknownValue) return withMarks(UNKNOWN, marks);
    frame.reads?.observe(collection as Composite);
    return this.key === undefined
      ? this.buildTuple(collection as Composite, marks, frame)
      : this.buildObject(collection as Composite, marks, this.key, frame);
  }

  /** The condition must be a bool whatever the elements are: it is tried with unknown ones. Its marks, or undefined. */
  private checkCondition(condition: Evaluator, frame: Frame): Marks | undefined {
    const { node } = this;
    const mark = frame.diagnostics.length;
    frame.locals[this.keySlot] = UNKNOWN;
    frame.locals[this.valueSlot] = UNKNOWN;
    const result = condition(frame);
    if (unmark(result) instanceof NullValue) {
      frame.error(
        'null-condition',
        'Condition is null',
        "The value of the 'if' clause must not be null.",
        node.condition!,
        node,
      );
      return undefined;
    }
    try {
      convert(result, BOOL);
    } catch (error) {
      if (!(error instanceof ConversionError)) throw error;
      this.invalidCondition(frame, `The 'if' clause value is invalid: ${error.message}.`);
      return undefined;
    }
    return frame.diagnostics.length > mark ? undefined : marksOf(result);
  }

  private invalidCondition(frame: Frame, detail: string): void {
    frame.error('for-condition', "Invalid 'for' condition", detail, this.node.condition!, this.node);
  }

  /** true, false, or undefined where that is not known; the first fault is reported. */
  private included(frame: Frame, known: boolean, addMarks: (marks: Marks) => void): boolean | undefined {
    if (this.condition === undefined) return true;
    const raw = this.condition(frame);
    const include = unmark(raw);
    if (include instanceof NullValue) {
      if (known) this.invalidCondition(frame, "The value of the 'if' clause must not be null.");
      return undefined;
    }
    addMarks(marksOf(raw));
    try {
      const bool = convert(include, BOOL);
      return typeof bool === 'boolean' ? bool : undefined;
    } catch (error) {
      if (!(error instanceof ConversionError)) throw error;
      if (known) this.invalidCondition(frame, `The 'if' clause value is invalid: ${error.message}.`);
      return undefined;
    }
  }

  private buildTuple(collection: Composite, initial: Marks, frame: Frame): Value {
    let marks = initial;
    let known = true as boolean;
    const out: Value[] = [];
    each(collection, (key, item) => {
      frame.step(this.node);
      frame.locals[this.keySlot] = key;
      frame.locals[this.valueSlot] = item;
      const include = this.included(frame, known, (more) => (marks = union(marks, more)));
      if (include === undefined) known = false;
      else if (include) out.push(this.value(frame));
    });
    return withMarks(known ? frame.sized(new TupleValue(out), this.node) : UNKNOWN, marks);
  }

  private buildObject(collection: Composite, initial: Marks, keyOf: Evaluator, frame: Frame): Value {
    const { node } = this;
    let marks = initial;
    let known = true as boolean;
    const single = new Map<string, Value>();
    const groups = new Map<string, Value[]>();
    const invalidKey = (detail: string): void => {
      if (known) frame.error('for-key', 'Invalid object key', detail, node.key!, node);
      known = false;
    };
    each(collection, (key, item) => {
      frame.step(node);
      frame.locals[this.keySlot] = key;
      frame.locals[this.valueSlot] = item;
      const include = this.included(frame, known, (more) => (marks = union(marks, more)));
      if (include === undefined) known = false;
      if (include !== true) return;
      const raw = keyOf(frame);
      const bare = unmark(raw);
      if (bare instanceof NullValue) {
        invalidKey("Key expression in 'for' expression must not produce a null value.");
        return;
      }
      marks = union(marks, marksOf(raw));
      if (bare instanceof UnknownValue) {
        known = false;
        return;
      }
      const name = asText(bare, (reason) => {
        invalidKey(`The key expression produced an invalid result: ${reason}.`);
      });
      if (name === undefined) return;
      const value = this.value(frame);
      if (node.group) {
        const group = groups.get(name);
        if (group === undefined) groups.set(name, [value]);
        else group.push(value);
      } else if (single.has(name))
        frame.error(
          'duplicate-key',
          'Duplicate object key',
          `Two different items produced the key ${raw instanceof MarkedValue ? '(sensitive)' : JSON.stringify(name)} in this 'for' expression. If duplicates are expected, use the ellipsis (...) after the value expression to enable grouping by key.`,
          node.key!,
          node,
        );
      else single.set(name, value);
    });
    if (!known) return withMarks(UNKNOWN, marks);
    if (node.group) for (const [name, group] of groups) single.set(name, new TupleValue(group));
    const object = objectFrom(single, this.lastShape);
    this.lastShape = object.shape;
    return withMarks(frame.sized(object, node), marks);
  }
}

/** Keys and elements in order; the key of a set's element is the element. */
export function each(collection: Composite, visit: (key: Value, item: Value) => void): void {
  if (collection instanceof ObjectValue)
    collection.slots.forEach((item, i) => {
      visit(collection.shape.names[i]!, item);
    });
  else if (collection instanceof MapValue) for (const [key, item] of collection.entries) visit(key, item);
  else if (collection instanceof SetValue) for (const item of collection.items) visit(item, item);
  else
    collection.items.forEach((item, i) => {
      visit(i, item);
    });
}

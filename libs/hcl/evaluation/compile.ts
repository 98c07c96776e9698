import { type Diagnostic } from '../../kernel/diagnostic.js';
import { type HclFunction, type LazyArgument, FunctionError } from '../functions/function.js';
import { safePrefix } from '../functions/safe-prefix.js';
import {
  type BinaryNode,
  type CallNode,
  type ConditionalNode,
  type ForNode,
  type Node,
  type ObjectNode,
  type ScopeTraversalNode,
  type SplatNode,
  type Step,
  type TemplateNode,
} from '../syntax/node.js';
import { literalText } from '../syntax/literal-text.js';
import { suggest } from '../syntax/suggest.js';
import { ConversionError, conversionBetween, convert, toText } from '../values/convert.js';
import { marksOf, NO_MARKS, union, unmark, withMarks, type Marks } from '../values/marks.js';
import { definitelyNotNull, lengthBounds, numberBounds, refine, UNBOUNDED } from '../values/refinement.js';
import { nfc } from '../values/text.js';
import {
  BOOL,
  compareText,
  DYNAMIC,
  equalTypes,
  friendlyName,
  listOf,
  STRING,
  tupleOf,
  type Type,
} from '../values/type.js';
import { unify } from '../values/unify.js';
import {
  EMPTY_OBJECT,
  EMPTY_TUPLE,
  ListValue,
  MapValue,
  MarkedValue,
  NullValue,
  ObjectValue,
  SetValue,
  Shape,
  TupleValue,
  typeOf,
  UNKNOWN,
  unknown,
  UnknownValue,
  type Composite,
  type Refinement,
  type Value,
} from '../values/value.js';
import { compare } from '../number/index.js';
import { AttributeSite, index } from './access.js';
import { callFunction, parameterAt } from './call.js';
import { describeTypeMismatch } from './conditional-mismatch.js';
import { type Evaluator, type Frame, type Place } from './frame.js';
import { compileBinary, compileUnary, equality } from './operators.js';
import { type Expression } from '../expression.js';
import { type Evaluated } from '../static-expression.js';

/** Makes the public form of an inner expression, for functions that look at their arguments. */
export type ExpressionOf = (node: Node) => Expression;

/** Compiles a tree to closures. O(size); evaluation then touches no tree. */
export function compile(node: Node, expressionOf: ExpressionOf): Evaluator {
  return new Compiler(expressionOf).compile(node);
}

class Compiler {
  private readonly bindings: { readonly name: string | undefined; readonly slot: number }[] = [];
  private readonly itemSlots = new Map<Node, number>();
  private slots = 0;

  constructor(private readonly expressionOf: ExpressionOf) {}

  compile(node: Node): Evaluator {
    switch (node.kind) {
      case 'literal': {
        const { value } = node;
        return () => value;
      }
      case 'broken':
        return () => UNKNOWN;
      case 'parentheses':
      case 'wrap':
        return this.compile(node.inner);
      case 'traversal':
        return this.traversal(node);
      case 'relative':
        return this.steps(this.compile(node.source), node.steps);
      case 'item': {
        const slot = this.itemSlots.get(node);
        return slot === undefined ? () => UNKNOWN : (frame) => frame.locals[slot] ?? UNKNOWN;
      }
      case 'binary':
        return (
          this.comparison(node) ?? compileBinary(node, this.compile(node.left), this.compile(node.right))
        );
      case 'unary':
        return compileUnary(node, this.compile(node.operand));
      case 'conditional':
        return conditional(node, this.compile(node.condition), this.compile(node.yes), this.compile(node.no));
      case 'index': {
        const collection = this.compile(node.collection);
        const key = this.compile(node.key);
        const place = { start: node.open, end: node.end };
        return (frame) => {
          const c = collection(frame);
          return index(c, key(frame), place, frame);
        };
      }
      case 'tuple': {
        const items = node.items.map((item) => this.compile(item));
        if (items.length === 0) return () => EMPTY_TUPLE;
        return (frame) => {
          const values: Value[] = [];
          for (const item of items) values.push(item(frame));
          return frame.sized(new TupleValue(values), node);
        };
      }
      case 'object':
        return this.object(node);
      case 'key':
        return this.compile(node.inner);
      case 'for':
        return this.for(node);
      case 'splat':
        return this.splat(node);
      case 'template':
        return template(
          node,
          node.parts.map((part) => this.compile(part)),
        );
      case 'join':
        return join(node, this.compile(node.tuple));
      case 'call':
        return this.call(node);
    }
  }

  private bind<R>(names: readonly (string | undefined)[], body: (slots: number[]) => R): R {
    const slots = names.map((name) => {
      const slot = this.slots++;
      this.bindings.push({ name, slot });
      return slot;
    });
    const result = body(slots);
    this.bindings.length -= names.length;
    return result;
  }

  private traversal(node: ScopeTraversalNode): Evaluator {
    const { root, steps } = node;
    const binding = this.bindings.findLast(({ name }) => name === root);
    if (binding === undefined) return this.steps(this.variable(node), steps, UNKNOWN);
    const { slot } = binding;
    const [first] = steps;
    if (steps.length === 1 && first?.kind === 'attribute') {
      const site = new AttributeSite(first.name, first);
      return (frame) => site.read(frame.locals[slot]!, frame);
    }
    return this.steps((frame) => frame.locals[slot]!, steps);
  }

  /** `r.state == "Building"`, the condition of most loops, in one closure. */
  private comparison(node: BinaryNode): Evaluator | undefined {
    const { operator, left, right } = node;
    if (operator !== '==' && operator !== '!=') return undefined;
    const constant = literalText(right);
    if (left.kind !== 'traversal' || left.steps.length !== 1 || constant === undefined) return undefined;
    const binding = this.bindings.findLast(({ name }) => name === left.root);
    const [step] = left.steps;
    if (binding === undefined || step!.kind !== 'attribute') return undefined;
    const { slot } = binding;
    const negative = operator === '!=';
    const site = new AttributeSite(step!.name, step!);
    return (frame) => {
      const mark = frame.diagnostics.length;
      const value = site.read(frame.locals[slot]!, frame);
      if (typeof value === 'string') return (value === constant) !== negative;
      return equality(frame, node, value, constant, negative, mark);
    };
  }

  private variable(node: ScopeTraversalNode): Evaluator {
    const { root } = node;
    const place = { start: node.start, end: node.rootEnd };
    const inLoop = this.bindings.map(({ name }) => name).filter((name) => name !== undefined);
    return (frame) => {
      const value = frame.scope.lookup(root);
      if (value !== undefined) return value;
      if (!frame.scope.hasVariables && inLoop.length === 0)
        return frame.error(
          'variables-not-allowed',
          'Variables not allowed',
          'Variables may not be used here.',
          place,
        );
      const near = suggest(root, [...frame.scope.names(), ...inLoop]);
      return frame.error(
        'unknown-variable',
        'Unknown variable',
        `There is no variable named "${root}".${near === undefined ? '' : ` Did you mean "${near}"?`}`,
        place,
      );
    };
  }

  private steps(source: Evaluator, steps: readonly Step[], onFault?: Value): Evaluator {
    if (steps.length === 0) return source;
    const each = steps.map((step) => {
      if (step.kind === 'attribute') {
        const site = new AttributeSite(step.name, step);
        return (value: Value, frame: Frame) => site.read(value, frame);
      }
      const key = step.kind === 'index' ? step.key : UNKNOWN;
      return (value: Value, frame: Frame) => index(value, key, step, frame);
    });
    const [first] = each;
    if (each.length === 1)
      return (frame) => {
        const value = source(frame);
        return value === UNKNOWN && onFault !== undefined ? onFault : first!(value, frame);
      };
    return (frame) => {
      let value = source(frame);
      const mark = frame.diagnostics.length;
      for (const step of each) {
        value = step(value, frame);
        if (frame.diagnostics.length > mark) return UNKNOWN;
      }
      return value;
    };
  }

  private object(node: ObjectNode): Evaluator {
    if (node.items.length === 0) return () => EMPTY_OBJECT;
    const names = node.items.map(({ key }) => literalKey(key));
    const values = node.items.map(({ value }) => this.compile(value));
    if (names.every((name) => name !== undefined)) return fixedObject(node, names, values);
    const keys = node.items.map(({ key }) => this.objectKey(key));
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

  private objectKey(key: ObjectNode['items'][number]['key']): Evaluator {
    const { inner, forced } = key;
    if (!forced) {
      if (inner.kind === 'traversal' && inner.steps.length > 0)
        return (frame) =>
          frame.error(
            'ambiguous-key',
            'Ambiguous attribute key',
            "If this expression is intended to be a reference, wrap it in parentheses. If it's instead intended as a literal name containing periods, wrap it in quotes to create a string literal.",
            key,
          );
      const name = literalKey(key);
      if (name !== undefined) return () => name;
    }
    return this.compile(inner);
  }

  private for(node: ForNode): Evaluator {
    const collection = this.compile(node.collection);
    return this.bind([node.keyName, node.valueName], (slots) => {
      const [keySlot, valueSlot] = slots as [number, number];
      const condition = node.condition && this.compile(node.condition);
      const value = this.compile(node.value);
      const key = node.key && this.compile(node.key);
      const loop = new Loop(node, keySlot, valueSlot, condition, key, value);
      return (frame) => {
        const given = collection(frame);
        // The short way: a known sequence, no faults, nothing marked or unknown in the conditions.
        if ((given instanceof TupleValue || given instanceof ListValue) && key === undefined) {
          const result = loop.fast(given, frame);
          if (result !== undefined) return result;
        }
        return loop.run(given, frame);
      };
    });
  }

  private splat(node: SplatNode): Evaluator {
    const source = this.compile(node.source);
    return this.bind([undefined], ([slot]) => {
      this.itemSlots.set(node.item, slot!);
      const each = this.compile(node.each);
      return splat(node, source, each, slot!);
    });
  }

  private call(node: CallNode): Evaluator {
    const args = node.args.map((arg) => this.compile(arg));
    return (frame) => {
      const functions = frame.scope.functions;
      const fn = functions?.get(node.name);
      if (fn === undefined) return unknownFunction(node, functions, frame);
      frame.step(node);
      if ('lazy' in fn) {
        const lazy = args.map((arg, i): LazyArgument => ({
          expression: this.expressionOf(node.args[i]!),
          evaluate: () => apart(frame, arg),
        }));
        if (!arity(node, frame, args.length, fn.params, fn.varParam !== undefined)) return UNKNOWN;
        try {
          return fn.lazy(lazy);
        } catch (error) {
          return callFault(node, frame, error, node.args, (i) => fn.params[i] ?? fn.varParam);
        }
      }
      return strictCall(node, frame, fn, args);
    };
  }
}

/** Evaluates with diagnostics of its own. */
function apart(frame: Frame, evaluator: Evaluator): Evaluated {
  const mark = frame.diagnostics.length;
  const value = evaluator(frame);
  return { value, diagnostics: frame.diagnostics.splice(mark) };
}

function literalKey(key: ObjectNode['items'][number]['key']): string | undefined {
  const { inner, forced } = key;
  const text = literalText(inner);
  if (text !== undefined) return text;
  if (forced) return undefined;
  if (inner.kind === 'traversal' && inner.steps.length === 0) return inner.root;
  if (inner.kind === 'literal') {
    // true, false and null are names here.
    if (typeof inner.value === 'boolean') return String(inner.value);
    if (inner.value instanceof NullValue) return 'null';
  }
  return undefined;
}

function fixedObject(node: ObjectNode, names: readonly string[], values: readonly Evaluator[]): Evaluator {
  const shape = new Shape([...new Set(names)].sort(compareText));
  const places = names.map((name) => shape.places.get(name)!);
  return (frame) => {
    const slots = new Array<Value>(shape.names.length);
    for (let i = 0; i < values.length; i++) slots[places[i]!] = values[i]!(frame);
    return frame.sized(new ObjectValue(shape, slots), node);
  };
}

/** Reuses the shape of the last object made at the same place where it fits. */
function objectFrom(attributes: ReadonlyMap<string, Value>, last: Shape | undefined): ObjectValue {
  let shape = last;
  if (shape?.names.length !== attributes.size || !shape.names.every((name) => attributes.has(name)))
    shape = new Shape([...attributes.keys()].sort(compareText));
  return new ObjectValue(
    shape,
    shape.names.map((name) => attributes.get(name)!),
  );
}

/** The value as text; undefined where it is unknown, or cannot be text and `fail` was told why. */
function asText(value: Value, fail: (reason: string) => void): string | undefined {
  if (typeof value === 'string') return value;
  try {
    const text = convert(value, STRING);
    return typeof text === 'string' ? text : undefined;
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    fail(error.message);
    return undefined;
  }
}

class Loop {
  private lastShape: Shape | undefined;

  constructor(
    private readonly node: ForNode,
    private readonly keySlot: number,
    private readonly valueSlot: number,
    private readonly condition: Evaluator | undefined,
    private readonly key: Evaluator | undefined,
    private readonly value: Evaluator,
  ) {}

  /** A tuple, or undefined where the long way is needed; then nothing has been reported. */
  fast(collection: TupleValue | ListValue, frame: Frame): Value | undefined {
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

  run(given: Value, frame: Frame): Value {
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
function each(collection: Composite, visit: (key: Value, item: Value) => void): void {
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

function splat(node: SplatNode, source: Evaluator, eachItem: Evaluator, slot: number): Evaluator {
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
    return withMarks(frame.sized(new ListValue(listOf(element), items), node), marks);
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

/** Both results are evaluated, as their types decide the type of the whole; faults of the one not taken are dropped. */
function conditional(node: ConditionalNode, condition: Evaluator, yes: Evaluator, no: Evaluator): Evaluator {
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
  else type = equalTypes(yesType, noType) ? yesType : unify([yesType, noType], true);
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
  try {
    refuseMixed(from, type);
    const conversion = conversionBetween(from, type, true);
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

/** As in the reference, a tuple that becomes a list of anything must have elements of one type already. */
function refuseMixed(from: Type, to: Type): void {
  if (from.kind !== 'tuple' || to.kind !== 'list' || to.element.kind !== 'dynamic') return;
  const [first] = from.elements;
  if (first !== undefined && !from.elements.every((type) => equalTypes(type, first)))
    throw new ConversionError('element types must all match for conversion to list');
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
    if (x !== undefined && y !== undefined) {
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
    }
  } else if ('element' in typeA && equalTypes(typeA, typeB)) {
    const [leastA, mostA] = a instanceof NullValue ? [0, UNBOUNDED] : lengthBounds(a);
    const [leastB, mostB] = b instanceof NullValue ? [0, UNBOUNDED] : lengthBounds(b);
    more.minLength = Math.min(leastA, leastB);
    const most = Math.max(mostA, mostB);
    if (most < UNBOUNDED) more.maxLength = most;
  }
  return refine(unknown(type), more);
}

function template(node: TemplateNode, parts: readonly Evaluator[]): Evaluator {
  const constant = literalText(node);
  if (constant !== undefined) return () => constant;
  return (frame) => {
    let text = '';
    let marks = NO_MARKS;
    let known = true;
    const mark = frame.diagnostics.length;
    for (let i = 0; i < parts.length; i++) {
      const given = parts[i]!(frame);
      if (typeof given === 'string') {
        if (known && frame.diagnostics.length === mark) text += given;
        continue;
      }
      const part = node.parts[i]!;
      const invalid = (detail: string): void => {
        frame.error('template-value', 'Invalid template interpolation value', detail, part, node);
      };
      const value = unmark(given);
      if (value instanceof NullValue) {
        invalid('The expression result is null. Cannot include a null value in a string template.');
        continue;
      }
      marks = union(marks, marksOf(given));
      if (value instanceof UnknownValue) {
        known = false;
        continue;
      }
      const string = asText(value, (reason) => {
        invalid(`Cannot include the given value in a string template: ${reason}.`);
      });
      if (known && string !== undefined && frame.diagnostics.length === mark) text += string;
    }
    if (known) return withMarks(frame.sized(nfc(text), node), marks);
    const failed = frame.diagnostics.length > mark;
    const prefix = failed ? '' : knownPrefix(text);
    return withMarks(refine(unknown(STRING), { notNull: true, ...(prefix !== '' && { prefix }) }), marks);
  };
}

/** What a string certainly begins with whose first part is known; at most 128 bytes of it are kept, as in the reference. */
function knownPrefix(text: string): string {
  let bytes = 0;
  let end = 0;
  for (const char of text) {
    const code = char.codePointAt(0)!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (bytes > 128) break;
    end += char.length;
  }
  return safePrefix(text.slice(0, end));
}

function join(node: Place, tuple: Evaluator): Evaluator {
  return (frame) => {
    const given = tuple(frame);
    const value = unmark(given);
    let marks = marksOf(given);
    if (!(value instanceof TupleValue)) return unknown(STRING);
    let text = '';
    for (const item of value.items) {
      const bare = unmark(item);
      const invalid = (detail: string): void => {
        frame.error('template-value', 'Invalid template interpolation value', detail, node);
      };
      if (bare instanceof NullValue) {
        invalid('An iteration result is null. Cannot include a null value in a string template.');
        continue;
      }
      if (bare instanceof UnknownValue) return withMarks(unknown(STRING), marks);
      const string = asText(bare, (reason) => {
        invalid(`Cannot include one of the interpolation results into the string template: ${reason}.`);
      });
      if (string === undefined) continue;
      marks = union(marks, marksOf(item));
      text += string;
    }
    return withMarks(frame.sized(nfc(text), node), marks);
  };
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
    const extra = node.args[Math.min(params.length, node.args.length - 1)]!;
    frame.error(
      'extra-argument',
      'Too many function arguments',
      `Function "${node.name}" expects only ${params.length} argument(s).`,
      startOf(extra),
      node,
    );
    return false;
  }
  return true;
}

function strictCall(
  node: CallNode,
  frame: Frame,
  fn: Exclude<HclFunction, { lazy: unknown }>,
  evaluators: readonly Evaluator[],
): Value {
  const mark = frame.diagnostics.length;
  const values: Value[] = [];
  const nodes: Node[] = [];
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
    const argument = node.args[Math.min(i, node.args.length - 1)]!;
    const value = i < plain ? evaluators[i]!(frame) : expanded![i - plain]!;
    const parameter = parameterAt(fn, i)!;
    nodes.push(argument);
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
        startOf(argument),
        node,
      );
      values.push(value);
    }
  }
  if (frame.diagnostics.length > mark) return UNKNOWN;
  try {
    return frame.sized(callFunction(fn, values), node);
  } catch (error) {
    return callFault(node, frame, error, nodes, (i) => parameterAt(fn, i)?.name, values);
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
  nodes: readonly Node[],
  parameterName: (i: number) => string | undefined,
  values: readonly Value[] = [],
): Value {
  if (!(error instanceof FunctionError)) throw error;
  const reason = withoutSecrets(error.message, values);
  const parameter = error.argument === undefined ? undefined : parameterName(error.argument);
  if (parameter !== undefined) {
    const argument = nodes[error.argument!];
    return frame.error(
      'argument',
      'Invalid function argument',
      `Invalid value for "${parameter}" parameter: ${reason}.`,
      argument === undefined ? node : startOf(argument),
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

/** Where a message about an expression points when it means its beginning. */
export function startOf(node: Node): Place {
  switch (node.kind) {
    case 'binary':
      return startOf(node.left);
    case 'conditional':
      return startOf(node.condition);
    case 'unary':
      return { start: node.start, end: node.start + 1 };
    case 'index':
      return { start: node.open, end: node.open + 1 };
    case 'tuple':
    case 'object':
      return { start: node.start, end: node.start + 1 };
    case 'for':
      return { start: node.start, end: node.openEnd };
    case 'splat':
      return { start: node.markerStart, end: node.markerEnd };
    case 'call':
      return { start: node.start, end: node.open + 1 };
    case 'template':
      return node.parts.length > 0 ? startOf(node.parts[0]!) : node;
    case 'key':
    case 'parentheses':
      return startOf(node.inner);
    case 'join':
      return startOf(node.tuple);
    default:
      return node;
  }
}

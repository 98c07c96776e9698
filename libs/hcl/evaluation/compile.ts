import { type Expression } from '../expression.js';
import { type LazyArgument } from '../functions/function.js';
import { type Evaluated } from '../static-expression.js';
import { literalText } from '../syntax/literal-text.js';
import {
  type BinaryNode,
  type CallNode,
  type ForNode,
  type Node,
  type ObjectNode,
  type ScopeTraversalNode,
  type SplatNode,
  type Step,
} from '../syntax/node.js';
import { suggest } from '../syntax/suggest.js';
import { NO_MARKS, marksOf, union, unmark, withMarks } from '../values/marks.js';
import {
  EMPTY_OBJECT,
  EMPTY_TUPLE,
  ListValue,
  NullValue,
  type Shape,
  TupleValue,
  UNKNOWN,
  type Value,
} from '../values/value.js';
import { AttributeSite, index } from './access.js';
import { conditional } from './conditional.js';
import { type Evaluator, type Frame } from './frame.js';
import { arity, callFault, strictCall, unknownFunction } from './function-call.js';
import { Loop } from './loop.js';
import { fixedObject, objectFrom } from './object-from.js';
import { asText, literalKey } from './object-key.js';
import { compileBinary, compileUnary, equality } from './operators.js';
import { splat } from './splat.js';
import { join, template } from './template.js';

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
      case 'literal':
      case 'string': {
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
          return callFault(node, frame, error, (i) => fn.params[i] ?? fn.varParam);
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

import { literalText } from '../syntax/literal-text.js';
import {
  type BinaryNode,
  type ForNode,
  type Node,
  type ObjectNode,
  type ScopeTraversalNode,
  type SplatItemNode,
  type SplatNode,
  type TupleNode,
} from '../syntax/node.js';
import { EMPTY_OBJECT, EMPTY_TUPLE, TupleValue, UNKNOWN, type Value } from '../values/value.js';
import { AttributeSite, index } from './access.js';
import { conditional } from './conditional.js';
import { type Evaluator } from './frame.js';
import { call, type ExpressionOf } from './function-call.js';
import { Loop } from './loop.js';
import { ambiguousKey, computedObject, fixedObject } from './object-from.js';
import { literalKey } from './object-key.js';
import { compileBinary, compileUnary, equality } from './operators.js';
import { reference, relative } from './reference.js';
import { splat } from './splat.js';
import { join, template } from './template.js';

/** Compiles a tree to closures. O(size); evaluation then touches the tree only for messages. */
export function compile(node: Node, expressionOf: ExpressionOf): Evaluator {
  return new Compiler(expressionOf).compile(node);
}

/** What is bound in an expression: by its name, or what a splat has for one. */
interface Binding {
  readonly of: string | SplatItemNode;
  readonly slot: number;
}

/** No method makes a closure that outlives it: that would keep the compiler, and all that the method's other closures see. */
class Compiler {
  private readonly bindings: Binding[] = [];
  private slots = 0;

  constructor(private readonly expressionOf: ExpressionOf) {}

  compile(node: Node): Evaluator {
    switch (node.kind) {
      case 'literal':
      case 'string':
        return constant(node.value);
      case 'broken':
        return unknownValue;
      case 'parentheses':
      case 'wrap':
        return this.compile(node.inner);
      case 'traversal':
        return this.traversal(node);
      case 'relative':
        return relative(this.compile(node.source), node.steps);
      case 'item': {
        const slot = this.slotOf(node);
        return slot === undefined ? unknownValue : local(slot);
      }
      case 'binary':
        return (
          this.comparison(node) ?? compileBinary(node, this.compile(node.left), this.compile(node.right))
        );
      case 'unary':
        return compileUnary(node, this.compile(node.operand));
      case 'conditional':
        return conditional(node, this.compile(node.condition), this.compile(node.yes), this.compile(node.no));
      case 'index':
        return indexed(node.open, node.end, this.compile(node.collection), this.compile(node.key));
      case 'tuple':
        return node.items.length === 0 ? constant(EMPTY_TUPLE) : tuple(node, this.compileAll(node.items));
      case 'object':
        return this.object(node);
      case 'key':
        return this.compile(node.inner);
      case 'for':
        return this.for(node);
      case 'splat':
        return this.splat(node);
      case 'template': {
        const text = literalText(node);
        return text === undefined ? template(node, this.compileAll(node.parts)) : constant(text);
      }
      case 'join':
        return join(node, this.compile(node.tuple));
      case 'call':
        return call(node, this.compileAll(node.args), this.expressionOf);
    }
  }

  private compileAll(nodes: readonly Node[]): Evaluator[] {
    return nodes.map((node) => this.compile(node));
  }

  private slotOf(what: string | SplatItemNode): number | undefined {
    return this.bindings.findLast(({ of }) => of === what)?.slot;
  }

  private traversal(node: ScopeTraversalNode): Evaluator {
    const slot = this.slotOf(node.root);
    if (slot === undefined) return reference(node, this.namesInLoops());
    const { steps } = node;
    if (steps.length === 0) return local(slot);
    const [first] = steps;
    return steps.length === 1 && first!.kind === 'attribute'
      ? attributeOf(slot, new AttributeSite(first!))
      : relative(local(slot), steps);
  }

  private namesInLoops(): readonly string[] {
    if (this.bindings.length === 0) return NO_NAMES;
    return this.bindings.map(({ of }) => of).filter((of) => typeof of === 'string');
  }

  /** `r.state == "Building"`, the condition of most loops, in one closure. */
  private comparison(node: BinaryNode): Evaluator | undefined {
    const { operator, left, right } = node;
    if (operator !== '==' && operator !== '!=') return undefined;
    const text = literalText(right);
    if (left.kind !== 'traversal' || left.steps.length !== 1 || text === undefined) return undefined;
    const slot = this.slotOf(left.root);
    const step = left.steps[0]!;
    if (slot === undefined || step.kind !== 'attribute') return undefined;
    return attributeEquals(node, slot, new AttributeSite(step), text);
  }

  private object(node: ObjectNode): Evaluator {
    if (node.items.length === 0) return constant(EMPTY_OBJECT);
    const names = node.items.map(({ key }) => literalKey(key));
    const values = node.items.map(({ value }) => this.compile(value));
    if (names.every((name) => name !== undefined)) return fixedObject(node, names, values);
    const keys = node.items.map(({ key }, i) => this.objectKey(key, names[i]));
    return computedObject(node, keys, values);
  }

  private objectKey(key: ObjectNode['items'][number]['key'], name: string | undefined): Evaluator {
    if (name !== undefined) return constant(name);
    const { inner, forced } = key;
    return !forced && inner.kind === 'traversal' ? ambiguousKey(key) : this.compile(inner);
  }

  private for(node: ForNode): Evaluator {
    const collection = this.compile(node.collection);
    const keySlot = this.slots++;
    const valueSlot = this.slots++;
    const outside = this.bindings.length;
    if (node.keyName !== undefined) this.bindings.push({ of: node.keyName, slot: keySlot });
    this.bindings.push({ of: node.valueName, slot: valueSlot });
    const condition = node.condition && this.compile(node.condition);
    const value = this.compile(node.value);
    const key = node.key && this.compile(node.key);
    this.bindings.length = outside;
    return over(collection, new Loop(node, keySlot, valueSlot, condition, key, value));
  }

  private splat(node: SplatNode): Evaluator {
    const source = this.compile(node.source);
    const slot = this.slots++;
    this.bindings.push({ of: node.item, slot });
    const each = this.compile(node.each);
    this.bindings.pop();
    return splat(node, source, each, slot);
  }
}

const NO_NAMES: readonly string[] = [];

const unknownValue: Evaluator = () => UNKNOWN;

const constant =
  (value: Value): Evaluator =>
  () =>
    value;

const local =
  (slot: number): Evaluator =>
  (frame) =>
    frame.locals[slot]!;

const attributeOf =
  (slot: number, site: AttributeSite): Evaluator =>
  (frame) =>
    site.read(frame.locals[slot]!, frame);

function attributeEquals(node: BinaryNode, slot: number, site: AttributeSite, text: string): Evaluator {
  const negative = node.operator === '!=';
  return (frame) => {
    const mark = frame.diagnostics.length;
    const value = site.read(frame.locals[slot]!, frame);
    if (typeof value === 'string') return (value === text) !== negative;
    return equality(frame, node, value, text, negative, mark);
  };
}

function indexed(start: number, end: number, collection: Evaluator, key: Evaluator): Evaluator {
  const place = { start, end };
  return (frame) => {
    const value = collection(frame);
    return index(value, key(frame), place, frame);
  };
}

function tuple(node: TupleNode, items: readonly Evaluator[]): Evaluator {
  return (frame) => {
    const values: Value[] = [];
    for (const item of items) values.push(item(frame));
    return frame.sized(new TupleValue(values), node);
  };
}

const over =
  (collection: Evaluator, loop: Loop): Evaluator =>
  (frame) =>
    loop.over(collection(frame), frame);

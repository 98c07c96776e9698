import { type Diagnostic, type SourceRange } from '../kernel/diagnostic.js';
import { compile } from './evaluation/compile.js';
import { startOf } from './evaluation/start-of.js';
import { Frame, LimitReached, type Evaluator } from './evaluation/frame.js';
import { type Expression } from './expression.js';
import { type Evaluated, type Traversal, type TraversalStep } from './static-expression.js';
import { BigFloat } from './number/index.js';
import { Scope } from './scope.js';
import { literalText } from './syntax/literal-text.js';
import { type Node, type Step } from './syntax/node.js';
import { type SourceText } from './syntax/source.js';
import { walkFree } from './syntax/walk.js';
import { UNKNOWN, type Value } from './values/value.js';

const NOTHING = new Scope();

/** A fault in a loop is told once, not for every element. */
function distinct(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  if (diagnostics.length < 2) return diagnostics;
  const seen = new Set<string>();
  return diagnostics.filter(({ summary, detail, subject }) => {
    const key = `${subject?.start.byte}-${subject?.end.byte} ${summary} ${detail}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** An expression of the native syntax. */
export class NativeExpression implements Expression {
  /** Closures weigh half as much as the tree, and many an expression is evaluated once: the second evaluation keeps them. */
  private closures: 'unused' | 'used once' | Evaluator = 'unused';

  constructor(
    readonly node: Node,
    readonly source: SourceText,
  ) {}

  get range(): SourceRange {
    return this.source.range(this.node.start, this.node.end);
  }

  get startRange(): SourceRange {
    const { start, end } = startOf(this.node);
    return this.source.range(start, end);
  }

  variables(): readonly Traversal[] {
    const found: Traversal[] = [];
    walkFree(this.node, {
      traversal: (node) =>
        found.push(traversalOf(node.root, node.start, node.rootEnd, node.steps, this.source)),
    });
    return found;
  }

  functions(): readonly string[] {
    const names = new Set<string>();
    walkFree(this.node, { call: (node) => names.add(node.name) });
    return [...names];
  }

  evaluate(scope: Scope = NOTHING): Evaluated {
    const frame = new Frame(scope, this.source);
    const evaluator = this.evaluator();
    try {
      const value = evaluator(frame);
      return { value, diagnostics: scope.everyFault ? frame.diagnostics : distinct(frame.diagnostics) };
    } catch (error) {
      const limit = error instanceof LimitReached ? error.diagnostic : this.stackOverflow(error);
      if (limit !== undefined)
        return { value: UNKNOWN, diagnostics: [...distinct(frame.diagnostics), limit] };
      throw error;
    }
  }

  private evaluator(): Evaluator {
    if (typeof this.closures === 'function') return this.closures;
    const evaluator = compile(this.node, nativeExpression);
    this.closures = this.closures === 'unused' ? 'used once' : evaluator;
    return evaluator;
  }

  /** Values that nest as deeply as no text may; made by evaluating, one in another, many times over. */
  private stackOverflow(error: unknown): Diagnostic | undefined {
    if (!(error instanceof RangeError) || !error.message.includes('call stack')) return undefined;
    return {
      severity: 'error',
      code: 'hcl/limit',
      summary: 'Nesting too deep',
      detail: 'This expression, or a value that it uses, nests too deeply to be evaluated.',
      subject: this.range,
    };
  }

  asList(): readonly Expression[] | undefined {
    const node = this.bare();
    return node.kind === 'tuple' ? node.items.map((item) => this.part(item)) : undefined;
  }

  asMap(): readonly { readonly key: Expression; readonly value: Expression }[] | undefined {
    const node = this.bare();
    if (node.kind !== 'object') return undefined;
    return node.items.map(({ key, value }) => ({ key: this.part(key), value: this.part(value) }));
  }

  asCall(): ReturnType<Expression['asCall']> {
    const node = this.bare();
    if (node.kind !== 'call') return undefined;
    return {
      name: node.name,
      nameRange: this.source.range(node.start, node.nameEnd),
      argumentsRange: this.source.range(node.open, node.end),
      arguments: node.args.map((arg) => this.part(arg)),
    };
  }

  asTraversal(): Traversal | undefined {
    return traversalFrom(this.node, this.source);
  }

  asKeyword(): string | undefined {
    const { node } = this;
    if (node.kind === 'literal') {
      if (typeof node.value === 'boolean') return String(node.value);
      return typeof node.value === 'object' && !(node.value instanceof BigFloat) && node.value.kind === 'null'
        ? 'null'
        : undefined;
    }
    const traversal = this.asTraversal();
    return traversal?.steps.length === 0 ? traversal.root : undefined;
  }

  asLiteral(): string | undefined {
    return literalText(this.bare());
  }

  private part(node: Node): Expression {
    return new NativeExpression(node, this.source);
  }

  /** Without the wrappers that static analysis looks through. */
  private bare(): Node {
    let { node } = this;
    while (node.kind === 'parentheses' || node.kind === 'key') node = node.inner;
    return node;
  }
}

const nativeExpression = (node: Node, source: SourceText): Expression => new NativeExpression(node, source);

function rootOf(
  node: Node,
): { root: string; start: number; rootEnd: number; steps: readonly Step[] } | undefined {
  if (node.kind === 'traversal') return node;
  if (node.kind !== 'relative') return undefined;
  const inner = rootOf(node.source);
  return inner && { ...inner, steps: [...inner.steps, ...node.steps] };
}

function traversalFrom(node: Node, source: SourceText): Traversal | undefined {
  switch (node.kind) {
    case 'traversal':
      return traversalOf(node.root, node.start, node.rootEnd, node.steps, source);
    case 'key':
      return node.forced ? undefined : traversalFrom(node.inner, source);
    case 'relative': {
      const inner = rootOf(node.source);
      if (inner === undefined) return undefined;
      return traversalOf(inner.root, inner.start, inner.rootEnd, [...inner.steps, ...node.steps], source);
    }
    case 'literal': {
      // true, false and null stand for names where a keyword is wanted.
      const name =
        typeof node.value === 'boolean'
          ? String(node.value)
          : typeof node.value === 'object' && 'kind' in node.value && node.value.kind === 'null'
            ? 'null'
            : undefined;
      return name === undefined ? undefined : traversalOf(name, node.start, node.end, [], source);
    }
    default:
      return undefined;
  }
}

/** Ranges and steps are worked out only for what looks at them. */
class NativeTraversal implements Traversal {
  private cachedSteps: readonly TraversalStep[] | undefined;

  constructor(
    readonly root: string,
    private readonly start: number,
    private readonly rootEnd: number,
    private readonly nodes: readonly Step[],
    private readonly source: SourceText,
  ) {}

  get rootRange(): SourceRange {
    return this.source.range(this.start, this.rootEnd);
  }

  get range(): SourceRange {
    return this.source.range(this.start, this.nodes[this.nodes.length - 1]?.end ?? this.rootEnd);
  }

  get steps(): readonly TraversalStep[] {
    return (this.cachedSteps ??= this.nodes.map((step) => stepOf(step, this.source)));
  }
}

abstract class NativeStep {
  constructor(
    private readonly node: Step,
    private readonly source: SourceText,
  ) {}

  get range(): SourceRange {
    return this.source.range(this.node.start, this.node.end);
  }
}

class AttributeStep extends NativeStep {
  readonly kind = 'attribute';
  constructor(
    node: Step,
    source: SourceText,
    readonly name: string,
  ) {
    super(node, source);
  }
}

class IndexStep extends NativeStep {
  readonly kind = 'index';
  constructor(
    node: Step,
    source: SourceText,
    readonly key: Value,
  ) {
    super(node, source);
  }
}

class SplatStep extends NativeStep {
  readonly kind = 'splat';
}

function stepOf(step: Step, source: SourceText): TraversalStep {
  if (step.kind === 'attribute') return new AttributeStep(step, source, step.name);
  if (step.kind === 'splat') return new SplatStep(step, source);
  return new IndexStep(step, source, step.key);
}

export function traversalOf(
  root: string,
  start: number,
  rootEnd: number,
  steps: readonly Step[],
  source: SourceText,
): Traversal {
  return new NativeTraversal(root, start, rootEnd, steps, source);
}

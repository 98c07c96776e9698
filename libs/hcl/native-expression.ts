import { type SourceRange } from '../kernel/diagnostic.js';
import { compile, startOf } from './evaluation/compile.js';
import { Frame, LimitReached, type Evaluator } from './evaluation/frame.js';
import { type Expression } from './expression.js';
import { type Evaluated, type Traversal, type TraversalStep } from './static-expression.js';
import { BigFloat } from './number/index.js';
import { Scope } from './scope.js';
import { type Node, type Step } from './syntax/node.js';
import { type SourceText } from './syntax/source.js';
import { walkFree } from './syntax/walk.js';
import { UNKNOWN } from './values/value.js';

const NOTHING = new Scope();

/** An expression of the native syntax. */
export class NativeExpression implements Expression {
  private evaluator: Evaluator | undefined;
  private references: readonly Traversal[] | undefined;

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
    if (this.references === undefined) {
      const found: Traversal[] = [];
      walkFree(this.node, {
        traversal: (node) =>
          found.push(traversalOf(node.root, node.start, node.rootEnd, node.steps, this.source)),
      });
      this.references = found;
    }
    return this.references;
  }

  functions(): readonly string[] {
    const names = new Set<string>();
    walkFree(this.node, { call: (node) => names.add(node.name) });
    return [...names];
  }

  evaluate(scope: Scope = NOTHING): Evaluated {
    const frame = new Frame(scope, this.source);
    this.evaluator ??= compile(this.node, (node) => new NativeExpression(node, this.source));
    try {
      const value = this.evaluator(frame);
      return { value, diagnostics: frame.diagnostics };
    } catch (error) {
      if (error instanceof LimitReached)
        return { value: UNKNOWN, diagnostics: [...frame.diagnostics, error.diagnostic] };
      throw error;
    }
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
    const node = this.bare();
    if (node.kind !== 'template' || node.parts.length !== 1) return undefined;
    const [part] = node.parts;
    return part!.kind === 'literal' && typeof part.value === 'string' ? part.value : undefined;
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

function traversalFrom(node: Node, source: SourceText): Traversal | undefined {
  switch (node.kind) {
    case 'traversal':
      return traversalOf(node.root, node.start, node.rootEnd, node.steps, source);
    case 'key':
      return node.forced ? undefined : traversalFrom(node.inner, source);
    case 'relative': {
      const start = traversalFrom(node.source, source);
      if (start === undefined) return undefined;
      return {
        ...start,
        steps: [...start.steps, ...node.steps.map((step) => publicStep(step, source))],
        range: source.range(node.start, node.end),
      };
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

export function traversalOf(
  root: string,
  start: number,
  rootEnd: number,
  steps: readonly Step[],
  source: SourceText,
): Traversal {
  return {
    root,
    rootRange: source.range(start, rootEnd),
    steps: steps.map((step) => publicStep(step, source)),
    range: source.range(start, steps[steps.length - 1]?.end ?? rootEnd),
  };
}

function publicStep(step: Step, source: SourceText): TraversalStep {
  const range = source.range(step.start, step.end);
  if (step.kind === 'attribute') return { kind: 'attribute', name: step.name, range };
  if (step.kind === 'splat') return { kind: 'splat', range };
  const { key } = step;
  if (typeof key !== 'object' || key instanceof BigFloat) return { kind: 'index', key, range };
  // Null, or what could not be parsed: no element has this key.
  return { kind: 'index', key: '', range };
}

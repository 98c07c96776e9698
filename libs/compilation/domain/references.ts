import { type SourceRange } from '#libs/kernel';
import { compareText, Shape, type Block, type Body, type Expression, type Traversal } from '#libs/hcl';
import { partsOf } from './nested-blocks.js';
import { resourceTypes } from './schema/index.js';

/** What of a block an expression looks at. */
export interface BlockReference {
  /** `infrastructure_component.db`, `data.capability.dns` */
  readonly key: string;
  /** A literal key of `count` or `for_each`; undefined: all instances. */
  readonly instance: string | number | undefined;
  /** Undefined: the block as a whole (also where the instance is computed). */
  readonly attribute: string | undefined;
  /** Of `outputs`: which, where it is written out. */
  readonly output: string | undefined;
  readonly range: SourceRange;
}

/** What an expression refers to, as far as its text tells. */
export interface References {
  readonly locals: readonly { readonly name: string; readonly range: SourceRange }[];
  /** Of the object `local` that has just these. */
  readonly localShape: Shape;
  readonly blocks: readonly BlockReference[];
  /** `each` and `count`. */
  readonly repetition: readonly { readonly name: 'each' | 'count'; readonly range: SourceRange }[];
  /** Roots that mean nothing, and references that name no block or local. */
  readonly unknown: readonly {
    readonly text: string;
    readonly problem: 'root' | 'incomplete';
    readonly range: SourceRange;
  }[];
}

const NO_NAMES: ReadonlySet<string> = new Set();
const roots = new Set(resourceTypes);
const known = new WeakMap<Expression, References>();

/** O(size) the first time, then O(1). `bound`: names of the iterators around the expression, which is the same at each call. */
export function referencesOf(expression: Expression, bound: ReadonlySet<string> = NO_NAMES): References {
  let references = known.get(expression);
  if (references === undefined) {
    const free = expression.variables().filter(({ root }) => root === undefined || !bound.has(root));
    known.set(expression, (references = classify(free)));
  }
  return references;
}

/** Of all that stands in the blocks, at any depth, but attributes of the names `except`. Iterators of `dynamic` blocks are bound. */
export function referencesWithin(
  blocks: readonly Block[],
  except: ReadonlySet<string> = NO_NAMES,
): References[] {
  return [...expressionsWithin(blocks)].flatMap(({ name, expression, bound }) =>
    except.has(name) ? [] : [referencesOf(expression, bound)],
  );
}

/** What decides which blocks the `dynamic` blocks among these make, at any depth, refers to. */
export function referencesOfDynamic(blocks: readonly Block[]): References {
  return together(
    [...expressionsWithin(blocks)].flatMap(({ expression, bound, decides }) =>
      decides ? [referencesOf(expression, bound)] : [],
    ),
  );
}

interface PlacedExpression {
  readonly name: string;
  readonly expression: Expression;
  /** Iterators that it sees. */
  readonly bound: ReadonlySet<string>;
  /** Whether it is of a `dynamic` block itself: says which blocks there are, not what is in them. */
  readonly decides: boolean;
}

function* expressionsWithin(
  blocks: readonly Block[],
  bound: ReadonlySet<string> = NO_NAMES,
): Generator<PlacedExpression> {
  for (const block of blocks) {
    if (block.type !== 'dynamic') {
      yield* expressionsIn(block.body, bound);
      continue;
    }
    const parts = partsOf(block);
    if (parts.content === undefined) continue;
    const inner = new Set([...bound, parts.iterator]);
    yield { name: 'for_each', expression: parts.forEach, bound, decides: true };
    for (const expression of parts.labels) yield { name: 'labels', expression, bound: inner, decides: true };
    yield* expressionsIn(parts.content, inner);
  }
}

function* expressionsIn(body: Body, bound: ReadonlySet<string>): Generator<PlacedExpression> {
  for (const [name, { expression }] of body.attributes) yield { name, expression, bound, decides: false };
  yield* expressionsWithin(body.blocks, bound);
}

function together(all: readonly References[]): References {
  const locals = all.flatMap((r) => r.locals);
  return {
    locals,
    localShape: shapeOf(locals),
    blocks: all.flatMap((r) => r.blocks),
    repetition: all.flatMap((r) => r.repetition),
    unknown: all.flatMap((r) => r.unknown),
  };
}

const shapeOf = (locals: References['locals']): Shape =>
  new Shape([...new Set(locals.map((l) => l.name))].sort(compareText));

function classify(traversals: readonly Traversal[]): References {
  const locals: { name: string; range: SourceRange }[] = [];
  const blocks: BlockReference[] = [];
  const repetition: { name: 'each' | 'count'; range: SourceRange }[] = [];
  const unknown: { text: string; problem: 'root' | 'incomplete'; range: SourceRange }[] = [];
  for (const traversal of traversals) {
    const { root, range } = traversal;
    if (root === undefined) continue;
    if (root === 'local') {
      const name = nameAt(traversal, 0);
      if (name === undefined) unknown.push({ text: root, problem: 'incomplete', range });
      else locals.push({ name, range });
    } else if (root === 'each' || root === 'count') repetition.push({ name: root, range });
    else if (roots.has(root) || root === 'data') {
      const reference = blockReference(traversal);
      if (reference === undefined) unknown.push({ text: root, problem: 'incomplete', range });
      else blocks.push(reference);
    } else unknown.push({ text: root, problem: 'root', range });
  }
  return { locals, localShape: shapeOf(locals), blocks, repetition, unknown };
}

/** A reference to a block, of a traversal whose root is `data` or a resource type. */
export function blockReference(traversal: Traversal): BlockReference | undefined {
  let at = 0;
  let key = traversal.root;
  if (key === undefined || (key !== 'data' && !roots.has(key))) return undefined;
  for (let names = key === 'data' ? 2 : 1; names > 0; names--) {
    const name = nameAt(traversal, at++);
    if (name === undefined) return undefined;
    key += `.${name}`;
  }
  let instance: string | number | undefined;
  const index = traversal.steps[at];
  if (index?.kind === 'index') {
    instance =
      typeof index.key === 'string' ? index.key : typeof index.key === 'number' ? index.key : undefined;
    at++;
  } else if (index?.kind === 'splat') at++;
  const attribute = nameAt(traversal, at);
  return {
    key,
    instance,
    attribute,
    output: attribute === 'outputs' ? nameAt(traversal, at + 1) : undefined,
    range: traversal.range,
  };
}

function nameAt(traversal: Traversal, at: number): string | undefined {
  const step = traversal.steps[at];
  if (step?.kind === 'attribute') return step.name;
  return step?.kind === 'index' && typeof step.key === 'string' ? step.key : undefined;
}

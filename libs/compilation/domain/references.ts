import { type SourceRange } from '#libs/kernel';
import { compareText, Shape, type Body, type Expression, type Traversal } from '#libs/hcl';
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

const roots = new Set(resourceTypes);
const known = new WeakMap<Expression, References>();

/** O(size) the first time, then O(1). */
export function referencesOf(expression: Expression): References {
  let references = known.get(expression);
  if (references === undefined) known.set(expression, (references = classify(expression.variables())));
  return references;
}

/** Of every expression in the body and its nested blocks. */
export function referencesIn(body: Body, except?: ReadonlySet<string>): References[] {
  const found: References[] = [];
  for (const [name, attribute] of body.attributes)
    if (!except?.has(name)) found.push(referencesOf(attribute.expression));
  for (const block of body.blocks) found.push(...referencesIn(block.body));
  return found;
}

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
  const localShape = new Shape([...new Set(locals.map((l) => l.name))].sort(compareText));
  return { locals, localShape, blocks, repetition, unknown };
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

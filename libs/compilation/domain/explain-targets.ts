import { type Json, type SourceRange } from '#libs/kernel';
import {
  childrenOf,
  marksOf,
  NativeExpression,
  Reads,
  SENSITIVE,
  unmark,
  unmarkDeep,
  type Expression,
  type Value,
} from '#libs/hcl';
import { type CompiledTarget } from '../contract/index.js';
import { encode } from './encode.js';
import { type TargetsCompilation } from './compile-targets.js';
import { type Evaluation } from './evaluation.js';
import { type NodeOf, type SyntaxNode } from './lint/index.js';
import { type ParsedBlock, type ParsedFlock } from './parsed-flock.js';
import { referencesOf } from './references.js';

/** Why a flock has the targets that it has. */
export interface TargetsExplained {
  readonly flock: string;
  readonly blocks: readonly BlockExplained[];
}

export interface BlockExplained {
  /** `execution_target.x` */
  readonly address: string;
  readonly range: SourceRange;
  /** Null: neither `count` nor `for_each`, so that there is one. */
  readonly repetition: {
    readonly by: 'count' | 'for_each';
    readonly expression: string;
    /** Of the instances: numbers of `count`, keys of `for_each`. */
    readonly keys: readonly (string | number)[];
  } | null;
  /** In the order in which they are applied, those behind locals first. */
  readonly filters: readonly FilterExplained[];
  readonly targets: readonly Pick<CompiledTarget, 'address' | 'name' | 'region' | 'environment' | 'phase'>[];
}

/** One `for … if …`, entry by entry. */
export interface FilterExplained {
  /** `local.bootstrap_regions`, or the attribute that it stands in. */
  readonly in: string;
  readonly range: SourceRange;
  readonly collection: string;
  readonly condition: string;
  readonly entries: readonly {
    /** Its name, else its key or number. */
    readonly entry: string;
    /** Null: not known, because evaluating failed. */
    readonly passed: boolean | null;
    /** What the condition read, as written: `region.state`; with the path of region data that it is. */
    readonly reads: readonly { readonly read: string; readonly path: string | null; readonly value: Json }[];
  }[];
}

/** Evaluates the filters behind each target block once more, entry by entry. O(entries · what a condition costs). */
export function explainTargets(
  flock: ParsedFlock,
  { result, evaluation }: TargetsCompilation,
): TargetsExplained {
  const blocks = flock.compiles
    ? [...flock.blocks.values()].filter((b) => b.type === 'execution_target')
    : [];
  return {
    flock: flock.name,
    blocks: blocks.map((block) => ({
      address: block.key,
      range: block.range,
      repetition: repetitionOf(block, evaluation),
      filters: filtersBehind(block, flock, evaluation),
      targets: result.targets
        .filter((t) => t.address === block.key || t.address.startsWith(`${block.key}[`))
        .map(({ address, name, region, environment, phase }) => ({
          address,
          name,
          region,
          environment,
          phase,
        })),
    })),
  };
}

function repetitionOf(block: ParsedBlock, evaluation: Evaluation): BlockExplained['repetition'] {
  for (const by of ['count', 'for_each'] as const) {
    const expression = block.attributes.get(by)?.expression;
    if (expression !== undefined)
      return {
        by,
        expression: textOf(expression),
        keys: evaluation.instances(block).map((i) => i.key!),
      };
  }
  return null;
}

function filtersBehind(
  block: ParsedBlock,
  flock: ParsedFlock,
  evaluation: Evaluation,
): readonly FilterExplained[] {
  const filters: FilterExplained[] = [];
  const seen = new Set<string>();
  const visit = (expression: Expression, where: string): void => {
    for (const { name } of referencesOf(expression).locals) {
      const local = flock.locals.get(name);
      if (local === undefined || seen.has(name)) continue;
      seen.add(name);
      visit(local.expression, `local.${name}`);
    }
    if (!(expression instanceof NativeExpression)) return;
    for (const loop of loopsOf(expression.node)) {
      const filter = filterOf(loop, expression, where, evaluation);
      if (filter !== null) filters.push(filter);
    }
  };
  for (const [name, { expression }] of block.attributes) visit(expression, name);
  return filters;
}

/** Loops that are not within another: those would have to be told for each of its entries. */
function loopsOf(node: SyntaxNode): readonly NodeOf<'for'>[] {
  if (node.kind === 'for') return [...loopsOf(node.collection), node];
  return childrenOf(node).flatMap(loopsOf);
}

function filterOf(
  loop: NodeOf<'for'>,
  { source }: NativeExpression,
  where: string,
  evaluation: Evaluation,
): FilterExplained | null {
  const { condition } = loop;
  if (condition === undefined) return null;
  const expression = (node: SyntaxNode): NativeExpression => new NativeExpression(node, source);
  const collection = expression(loop.collection);
  if (collection.variables().some(({ root }) => root === 'each' || root === 'count')) return null;
  const test = expression(condition);
  const reads = distinctReads(condition);
  // The same loop, without its filter, of what the filter gives and reads: each entry's own scope, as the author wrote it.
  const probe = expression({
    ...loop,
    key: undefined,
    condition: undefined,
    group: false,
    value: { kind: 'tuple', items: [condition, ...reads], start: condition.start, end: condition.end },
  });
  const told = itemsOf(evaluation.evaluate(probe));
  const collected = evaluation.evaluate(collection);
  const isHidden = isSensitive(collected);
  const entries = entriesOf(collected);
  return {
    in: where,
    range: expression(loop).range,
    collection: textOf(collection),
    condition: textOf(test),
    entries: entries.map(({ label, value }, i) => {
      const [decided, ...values] = itemsOf(told[i]!);
      const passed = decided === undefined ? undefined : unmark(decided);
      return {
        entry: label,
        passed: typeof passed === 'boolean' ? passed : null,
        reads: reads.map((node, at) => ({
          read: source.text.slice(node.start, node.end),
          path: node.root === loop.valueName ? pathOf(value, node) : null,
          value:
            values[at] === undefined
              ? null
              : isHidden || isSensitive(values[at])
                ? '(sensitive)'
                : encode(values[at], new Reads()).json,
        })),
      };
    }),
  };
}

function distinctReads(condition: SyntaxNode): readonly NodeOf<'traversal'>[] {
  const found = new Map<string, NodeOf<'traversal'>>();
  const visit = (node: SyntaxNode): void => {
    if (node.kind === 'for' || node.kind === 'splat') return;
    if (node.kind === 'traversal')
      found.set(
        [node.root, ...node.steps.map((s) => ('name' in s ? s.name : JSON.stringify(s)))].join('.'),
        node,
      );
    childrenOf(node).forEach(visit);
  };
  visit(condition);
  return [...found.values()];
}

function pathOf(entry: Value, { steps }: NodeOf<'traversal'>): string | null {
  let origin = typeof entry === 'object' && 'origin' in entry ? entry.origin : undefined;
  for (const step of steps) {
    const name = step.kind === 'attribute' ? step.name : step.kind === 'index' ? step.key : undefined;
    origin = typeof name === 'string' ? origin?.attribute(name) : undefined;
  }
  return origin?.path ?? null;
}

/** Shown in place of what is sensitive: explanations are for everybody. */
const isSensitive = (value: Value): boolean => unmarkDeep(value)[1].has(SENSITIVE);

function itemsOf(value: Value): readonly Value[] {
  const plain = unmark(value);
  return typeof plain === 'object' && 'items' in plain ? plain.items : [];
}

function entriesOf(collection: Value): readonly { readonly label: string; readonly value: Value }[] {
  const plain = unmark(collection);
  if (typeof plain !== 'object' || !('kind' in plain)) return [];
  let entries: readonly (readonly [string | undefined, Value])[] = [];
  if (plain.kind === 'object') entries = plain.shape.names.map((name, i) => [name, plain.slots[i]!]);
  else if (plain.kind === 'map') entries = [...plain.entries];
  else if ('items' in plain) entries = plain.items.map((item) => [labelOf(item), item]);
  const isHidden = marksOf(collection).has(SENSITIVE);
  return entries.map(([label, value], i) => ({
    label: isHidden || label === undefined ? String(i) : label,
    value: unmark(value),
  }));
}

function labelOf(item: Value): string | undefined {
  if (marksOf(item).has(SENSITIVE)) return undefined;
  const value = unmark(item);
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || !('kind' in value) || value.kind !== 'object') return undefined;
  return ['name', 'public_name', 'id'].map((k) => value.get(k)).find((v) => typeof v === 'string');
}

const textOf = (expression: Expression): string =>
  expression instanceof NativeExpression
    ? expression.source.text.slice(expression.node.start, expression.node.end).replace(/\s+/g, ' ')
    : '';

import { type Json, type SourceRange } from '#libs/kernel';
import {
  childrenOf,
  JsonExpression,
  marksOf,
  NativeExpression,
  nativeParts,
  ObjectValue,
  Reads,
  SENSITIVE,
  unmark,
  unmarkDeep,
  type Expression,
  type Origin,
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
    /**
     * Its name, else its key or number. Of a loop in another behind that of the outer entry, and of one that depends on `each` or
     * `count` behind the instance's key: `a / b`.
     */
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
    for (const part of nativeParts(expression))
      for (const loops of loopsOf(part.node)) {
        const filter = filterOf(loops, part, where, evaluation, block);
        if (filter !== null) filters.push(filter);
      }
  };
  for (const [name, { expression }] of block.attributes) visit(expression, name);
  return filters;
}

/** Every loop behind those around it, outermost first. Those around a condition have nothing left out yet. */
function loopsOf(
  node: SyntaxNode,
  around: readonly NodeOf<'for'>[] = [],
): readonly (readonly NodeOf<'for'>[])[] {
  if (node.kind !== 'for') return childrenOf(node).flatMap((child) => loopsOf(child, around));
  const { collection, condition, key, value } = node;
  const all = [...around, { ...node, condition: undefined }];
  const passed = [...around, node];
  return [
    ...loopsOf(collection, around),
    ...(condition === undefined ? [] : loopsOf(condition, all)),
    passed,
    ...(key === undefined ? [] : loopsOf(key, passed)),
    ...loopsOf(value, passed),
  ];
}

/** A name that nobody writes. */
const KEY = ' key';

function filterOf(
  loops: readonly NodeOf<'for'>[],
  { source }: NativeExpression,
  where: string,
  evaluation: Evaluation,
  block: ParsedBlock,
): FilterExplained | null {
  const loop = loops.at(-1)!;
  const { condition } = loop;
  if (condition === undefined) return null;
  const expression = (node: SyntaxNode): NativeExpression => new NativeExpression(node, source);
  const test = expression(condition);
  const reads = [...distinctReads(test)];
  const probe = expression(probeOf(loops, [condition, ...reads.map(([, node]) => node)]));
  const repeated = probe.variables().some(({ root }) => root === 'each' || root === 'count');
  const instances = repeated ? evaluation.instances(block) : [undefined];
  return {
    in: where,
    range: expression(loop).range,
    collection: textOf(expression(loop.collection)),
    condition: textOf(test),
    entries: instances.flatMap((instance) =>
      entriesOf(evaluation.evaluate(probe, instance), loops, {
        labels: instance === undefined ? [] : [String(instance.key)],
        bound: instance?.repetition ?? new Map(),
        isHidden: false,
      }).map(({ labels, bound, isHidden, values: [decided, ...values] }) => {
        const passed = decided === undefined ? undefined : unmark(decided);
        return {
          entry: labels.join(' / '),
          passed: typeof passed === 'boolean' ? passed : null,
          reads: reads.map(([read, node], at) => ({
            read,
            path: pathOf(node, bound),
            value: values[at] === undefined ? null : shown(values[at], isHidden),
          })),
        };
      }),
    ),
  };
}

/**
 * The same loops, the innermost without its filter, that give for each entry its key, itself, and what is asked of the innermost:
 * each entry's own scope, as the author wrote it.
 */
function probeOf([loop, ...within]: readonly NodeOf<'for'>[], asked: readonly SyntaxNode[]): SyntaxNode {
  const { start, end, keyName = KEY, valueName, condition } = loop!;
  const place = { start, end };
  const name = (root: string): SyntaxNode => ({ kind: 'traversal', root, rootEnd: end, steps: [], ...place });
  const inner: SyntaxNode =
    within.length > 0 ? probeOf(within, asked) : { kind: 'tuple', items: asked, ...place };
  return {
    ...loop!,
    keyName,
    key: undefined,
    condition: within.length > 0 ? condition : undefined,
    group: false,
    value: { kind: 'tuple', items: [name(keyName), name(valueName), inner], ...place },
  };
}

interface Entry {
  /** Of the instance, and of the entries of all loops, outermost first. */
  readonly labels: readonly string[];
  readonly bound: ReadonlyMap<string, Value>;
  readonly isHidden: boolean;
}

/** What a probe gave, entry by entry of the innermost loop. */
function entriesOf(
  told: Value,
  [loop, ...within]: readonly NodeOf<'for'>[],
  around: Entry,
): readonly (Entry & { readonly values: readonly Value[] })[] {
  if (loop === undefined) return [{ ...around, values: itemsOf(told) }];
  const isHidden = around.isHidden || marksOf(told).has(SENSITIVE);
  return itemsOf(told).flatMap((told, at) => {
    const [key, item, inner] = itemsOf(told);
    if (key === undefined || item === undefined || inner === undefined) return [];
    const label = isHidden ? undefined : typeof key === 'string' ? key : labelOf(item);
    return entriesOf(inner, within, {
      labels: [...around.labels, label ?? String(at)],
      bound: new Map([...around.bound, [loop.valueName, unmark(item)]]),
      isHidden,
    });
  });
}

/** What a condition looks at: names, and what `for` and `[*]` in it make of theirs. By their text. */
function distinctReads(condition: NativeExpression): ReadonlyMap<string, SyntaxNode> {
  const found = new Map<string, SyntaxNode>();
  const visit = (node: SyntaxNode): void => {
    if (node.kind === 'traversal' || node.kind === 'splat' || node.kind === 'for')
      found.set(textOf(new NativeExpression(node, condition.source)), node);
    // A bare name is a string here.
    else if (node.kind !== 'key' || node.forced || node.inner.kind !== 'traversal')
      childrenOf(node).forEach(visit);
  };
  visit(condition.node);
  return found;
}

/** In region data, of what a bound name was asked for; null where it comes from elsewhere. */
function pathOf(node: SyntaxNode, bound: ReadonlyMap<string, Value>): string | null {
  if (node.kind !== 'traversal') return null;
  let value = bound.get(node.root);
  let origin: Origin | undefined;
  for (const step of node.steps) {
    const name = step.kind === 'attribute' ? step.name : step.kind === 'index' ? step.key : undefined;
    if (typeof name !== 'string') return null;
    const plain: Value | undefined = value === undefined ? undefined : unmark(value);
    origin = ((plain instanceof ObjectValue ? plain.origin : undefined) ?? origin)?.attribute(name);
    value = plain instanceof ObjectValue ? plain.get(name) : undefined;
  }
  return origin?.path ?? null;
}

/** Explanations are for everybody: nothing that is sensitive is in them. */
const shown = (value: Value, isHidden: boolean): Json =>
  isHidden || unmarkDeep(value)[1].has(SENSITIVE) ? '(sensitive)' : encode(value, new Reads()).json;

function itemsOf(value: Value): readonly Value[] {
  const plain = unmark(value);
  return typeof plain === 'object' && 'items' in plain ? plain.items : [];
}

function labelOf(item: Value): string | undefined {
  if (marksOf(item).has(SENSITIVE)) return undefined;
  const value = unmark(item);
  if (typeof value === 'string') return value;
  if (!(value instanceof ObjectValue)) return undefined;
  return ['name', 'public_name', 'id'].map((k) => value.get(k)).find((v) => typeof v === 'string');
}

/** In one line; of a string in the JSON syntax what it says, without the interpolation around it. */
function textOf(expression: Expression): string {
  const whole =
    expression instanceof JsonExpression && expression.node.kind === 'string'
      ? nativeParts(expression)[0]
      : expression;
  if (!(whole instanceof NativeExpression || whole instanceof JsonExpression)) return '';
  const { start, end } = whole.node.kind === 'wrap' ? whole.node.inner : whole.node;
  return whole.source.text.slice(start, end).replace(/\s+/g, ' ');
}

import { type ScopeTraversalNode, type Step } from '../syntax/node.js';
import { suggest } from '../syntax/suggest.js';
import { UNKNOWN, type Value } from '../values/value.js';
import { type Site, siteOf } from './access.js';
import { type Evaluator, type Frame } from './frame.js';

/** A variable of the scope and the steps from there; `bound`: names that loops around it bind, for suggestions. */
export function reference(node: ScopeTraversalNode, bound: readonly string[]): Evaluator {
  const { steps } = node;
  if (steps.length === 0) return variable(node, bound);
  return steps.length === 1
    ? stepFromVariable(node, bound, siteOf(steps[0]!))
    : stepsFromVariable(node, bound, steps.map(siteOf));
}

/** The steps from a value on. */
export function follow(source: Evaluator, steps: readonly Step[]): Evaluator {
  if (steps.length === 0) return source;
  return steps.length === 1 ? stepFrom(source, siteOf(steps[0]!)) : stepsFrom(source, steps.map(siteOf));
}

// Each in a function of its own, so that its closure keeps nothing but what it needs.

const variable =
  (node: ScopeTraversalNode, bound: readonly string[]): Evaluator =>
  (frame) =>
    lookUp(node, bound, frame);

const stepFromVariable =
  (node: ScopeTraversalNode, bound: readonly string[], site: Site): Evaluator =>
  (frame) => {
    const value = lookUp(node, bound, frame);
    return value === UNKNOWN ? UNKNOWN : site.read(value, frame);
  };

const stepsFromVariable =
  (node: ScopeTraversalNode, bound: readonly string[], sites: readonly Site[]): Evaluator =>
  (frame) =>
    walk(lookUp(node, bound, frame), sites, frame);

const stepFrom =
  (source: Evaluator, site: Site): Evaluator =>
  (frame) =>
    site.read(source(frame), frame);

const stepsFrom =
  (source: Evaluator, sites: readonly Site[]): Evaluator =>
  (frame) =>
    walk(source(frame), sites, frame);

/** Up to the first step that fails. */
function walk(from: Value, sites: readonly Site[], frame: Frame): Value {
  let value = from;
  const mark = frame.diagnostics.length;
  for (const site of sites) {
    value = site.read(value, frame);
    if (frame.diagnostics.length > mark) return UNKNOWN;
  }
  return value;
}

function lookUp(node: ScopeTraversalNode, bound: readonly string[], frame: Frame): Value {
  const { scope } = frame;
  return scope.lookup(node.root) ?? undeclared(node, bound, frame);
}

function undeclared(
  { root, start, rootEnd }: ScopeTraversalNode,
  bound: readonly string[],
  frame: Frame,
): Value {
  const { scope } = frame;
  const place = { start, end: rootEnd };
  if (!scope.hasVariables && bound.length === 0)
    return frame.error(
      'variables-not-allowed',
      'Variables not allowed',
      'Variables may not be used here.',
      place,
    );
  const near = suggest(root, [...scope.names(), ...bound]);
  return frame.error(
    'unknown-variable',
    'Unknown variable',
    `There is no variable named "${root}".${near === undefined ? '' : ` Did you mean "${near}"?`}`,
    place,
  );
}

import { type ScopeTraversalNode, type Step } from '../syntax/node.js';
import { suggest } from '../syntax/suggest.js';
import { UNKNOWN, type Value } from '../values/value.js';
import { take } from './access.js';
import { type Evaluator, type Frame } from './frame.js';

/** A variable of the scope and the steps from there; `bound`: names that loops around it bind, for suggestions. */
export function reference(node: ScopeTraversalNode, bound: readonly string[]): Evaluator {
  return (frame) => {
    const value = frame.scope.lookup(node.root);
    return value === undefined ? undeclared(node, bound, frame) : follow(value, node.steps, frame);
  };
}

/** The steps from a value on. */
export function relative(source: Evaluator, steps: readonly Step[]): Evaluator {
  return (frame) => follow(source(frame), steps, frame);
}

/** Up to the first step that fails. */
function follow(from: Value, steps: readonly Step[], frame: Frame): Value {
  let value = from;
  const mark = frame.diagnostics.length;
  for (const step of steps) {
    value = take(value, step, frame);
    if (frame.diagnostics.length > mark) return UNKNOWN;
  }
  return value;
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

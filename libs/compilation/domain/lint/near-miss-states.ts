import { nearest, NativeExpression } from '#libs/hcl';
import { regionStates } from '#libs/region-data/contract';
import { type ParsedFlock } from '../parsed-flock.js';
import { resourceTypes } from '../schema/index.js';
import { type LintFinding } from './lint-finding.js';
import { expressionsOf, nodesOf, type SyntaxNode } from './syntax-nodes.js';

/** Strings that a `state` is compared with, by `==`, `!=` or `contains`, and that are almost the name of one: never equal. */
export function nearMissStates(flock: ParsedFlock): readonly LintFinding[] {
  return expressionsOf(flock).flatMap((expression) =>
    nodesOf(expression)
      .flatMap(comparedWithState)
      .flatMap((literal) => {
        const written = literal.asLiteral();
        const meant = written === undefined ? undefined : stateMeant(written);
        return meant === undefined ? [] : [nearMiss(written!, meant, literal)];
      }),
  );
}

/** The state that was probably meant; undefined where it is one, or like none. */
export function stateMeant(written: string): string | undefined {
  if ((regionStates as readonly string[]).includes(written)) return undefined;
  if (written.toLowerCase() === 'initial') return 'none';
  const stem = written.toLowerCase();
  return (
    nearest(written, regionStates) ??
    (stem.length >= 4 ? regionStates.find((s) => s.toLowerCase().startsWith(stem)) : undefined)
  );
}

function comparedWithState({ node, source }: NativeExpression): readonly NativeExpression[] {
  const at = (child: SyntaxNode): NativeExpression => new NativeExpression(child, source);
  if (node.kind === 'binary' && (node.operator === '==' || node.operator === '!=')) {
    if (isState(node.left)) return [at(node.right)];
    return isState(node.right) ? [at(node.left)] : [];
  }
  if (node.kind !== 'call' || node.name !== 'contains') return [];
  const [list, item] = node.args;
  if (list === undefined || item === undefined || !isState(item)) return [];
  return (at(list).asList() ?? []).filter((e) => e instanceof NativeExpression);
}

/** `x.state`, but not of a resource: that is its own affair. */
function isState(node: SyntaxNode): boolean {
  if (node.kind === 'parentheses') return isState(node.inner);
  if (node.kind !== 'traversal' && node.kind !== 'relative') return false;
  if (node.kind === 'traversal' && (node.root === 'data' || resourceTypes.includes(node.root))) return false;
  const last = node.steps.at(-1);
  if (last?.kind === 'attribute') return last.name === 'state';
  return last?.kind === 'index' && last.key === 'state';
}

function nearMiss(written: string, meant: string, { range }: NativeExpression): LintFinding {
  const fix = `Write "${meant}".`;
  return {
    severity: 'warning',
    code: 'lint/near-miss-state',
    summary: 'No such state of a region',
    detail: `No region is ever in state "${written}", so that this comparison always ends the same. States are ${regionStates.join(', ')}, written exactly so. ${fix}`,
    subject: range,
    fix,
  };
}

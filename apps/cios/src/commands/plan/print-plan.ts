import { type Output } from '../../cli/cli.js';
import { type RegionPlan } from './region-plan.js';

const signs: Readonly<Record<string, string>> = { create: '+', update: '~', replace: '±', delete: '-' };

/** What would be done, node by node, and the sum. Lists longer than `most` are cut. */
export function printPlan(
  out: Output,
  { add, change, destroy, untouched, operations }: RegionPlan,
  most = 40,
): void {
  for (const { action, flock, environment, address, changes = [] } of operations.slice(0, most)) {
    const where = [flock, environment === 'vibe' ? '(vibe)' : undefined].filter((part) => part !== undefined);
    out.line(`  ${[signs[action] ?? ' ', ...where, address].join('  ')}`);
    for (const { path, from, to } of action === 'update' ? changes.slice(0, 6) : [])
      out.line(out.color.dim(`      ${path}: ${told(from)} → ${told(to)}`));
  }
  if (operations.length > most) out.line(out.color.dim(`  … and ${operations.length - most} more`));
  out.line(`${add} to add, ${change} to change, ${destroy} to destroy, ${untouched} untouched`);
}

function told(value: unknown): string {
  return value === undefined ? '(none)' : JSON.stringify(value);
}

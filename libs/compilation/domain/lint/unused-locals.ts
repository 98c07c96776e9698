import { type ParsedFlock } from '../parsed-flock.js';
import { referencesOf, referencesWithin, type References } from '../references.js';
import { type LintFinding } from './lint-finding.js';

/** Locals that no block uses, not even through other locals. O(size of the flock). */
export function unusedLocals({ locals, blocks }: ParsedFlock): readonly LintFinding[] {
  const used = new Set<string>();
  const use = (references: References): void => {
    for (const { name } of references.locals) {
      const local = locals.get(name);
      if (local === undefined || used.has(name)) continue;
      used.add(name);
      use(referencesOf(local.expression));
    }
  };
  for (const block of blocks.values()) {
    for (const { expression } of block.attributes.values()) use(referencesOf(expression));
    referencesWithin(block.blocks).forEach(use);
  }
  return [...locals.values()]
    .filter(({ name }) => !used.has(name))
    .map(({ name, range }) => {
      const others = [...locals.values()].some(
        (other) => other.name !== name && referencesOf(other.expression).locals.some((l) => l.name === name),
      );
      const fix = `Remove ${name}, or use local.${name}.`;
      return {
        severity: 'warning',
        code: 'lint/unused-local',
        summary: 'Unused local',
        detail: `${others ? `local.${name} is used only by locals that nothing uses` : `Nothing uses local.${name}`}. ${fix}`,
        subject: range,
        fix,
      };
    });
}

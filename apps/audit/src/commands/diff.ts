import { type Cause, difference, type Difference } from '#libs/audit';
import { offline, type Output, type Register } from '#libs/command-line';
import { refuse, Refused } from '#libs/kernel';
import { pointOf } from '../point-of.js';
import { withRecord } from '../record.js';

interface Options {
  readonly from?: string;
  readonly to?: string;
}

export const diff: Register = (parent, cli) => {
  offline(parent, 'diff', 'what changed between two points, who did it, and all that followed')
    .option('--data <dir>', 'folder of the installation (default: .cios/data)')
    .option('--from <time|position>', 'after this')
    .option('--to <time|position>', 'up to and with this; default: now')
    .action(
      cli.run<Options>(async ({ options: { data, from, to }, out, io }) => {
        const after = pointOf('--from', from);
        if (after === null)
          throw new Refused(
            refuse('cli/missing-option', 'nothing says from where on', {
              fix: 'give --from, a position or a time',
            }),
          );
        const upTo = pointOf('--to', to);
        const found = await withRecord(data, io.cwd, (record) =>
          difference(record.events(), { from: after, to: upTo }),
        );
        out.result(found);
        printDifference(out, found);
        out.next(`cios audit replay --at ${found.to}${data === undefined ? '' : ` --data ${data}`}`);
        return 0;
      }),
    );
};

/** Lists longer than this are cut. */
const shownOfEach = 12;

export function printDifference(out: Output, { from, to, events, causes }: Difference): void {
  out.line(`${events} events after position ${from}, up to ${to}; ${causes.length} causes`);
  for (const cause of causes) printCause(out, cause);
}

function printCause(out: Output, cause: Cause): void {
  const { bold, dim } = out.color;
  out.line();
  const ticket = cause.ticket === null ? '' : `  ${cause.ticket}`;
  out.line(`${bold(`@${cause.position}`)}  ${cause.recordedAt}  ${cause.actor}${ticket}`);
  list(
    out,
    cause.changes.map(({ type, what, attributes, notes, paths }) => {
      const changes = attributes.map(
        ({ attribute, from, to }) => `${attribute}: ${told(from)} → ${told(to)}`,
      );
      if (notes !== undefined) changes.push(`notes: ${told(notes)}`);
      const touched =
        paths.length > 0 ? dim(`  (${paths.slice(0, 3).join(', ')}${paths.length > 3 ? ', …' : ''})`) : '';
      return `${type} ${what}${changes.length > 0 ? `  ${changes.join(', ')}` : ''}${touched}`;
    }),
  );
  for (const { revision, recompiled, changed, flocks } of cause.compilations)
    out.line(
      `  compiled at revision ${revision}: ${recompiled.length} of ${flocks} flocks${named(recompiled)}, ${changed.length} with another result`,
    );
  for (const { build, kind, event } of cause.builds)
    out.line(`  ${kind === '' ? '' : `${kind} `}build ${build} ${event}`);
  for (const { build, added, removed, changed } of cause.merges)
    out.line(`  graph of ${build}: +${added} −${removed}, ${changed} changed`);
  if (cause.releases.length > 0)
    out.line(`  ${cause.releases.length} releases${named(cause.releases.map((r) => r.flock))}`);
  const actions = new Map<string, number>();
  for (const { action } of cause.operations) actions.set(action, (actions.get(action) ?? 0) + 1);
  if (actions.size > 0)
    out.line(
      `  ${cause.operations.length} operations: ${[...actions].map(([a, n]) => `${n} ${a}`).join(', ')}`,
    );
  list(
    out,
    cause.states.map(({ region, from, to }) => `${region}: ${from} → ${to}`),
  );
  list(
    out,
    cause.capabilities.map(({ region, name, event }) => `${region} ${name} ${event}`),
  );
  if (isBare(cause))
    out.line(
      dim(
        `  ${Object.entries(cause.events)
          .map(([type, n]) => `${n} ${type}`)
          .join(', ')}`,
      ),
    );
}

function isBare({
  changes,
  compilations,
  builds,
  merges,
  releases,
  operations,
  states,
  capabilities,
}: Cause): boolean {
  return [changes, compilations, builds, merges, releases, operations, states, capabilities].every(
    (l) => l.length === 0,
  );
}

function list(out: Output, lines: readonly string[]): void {
  for (const line of lines.slice(0, shownOfEach)) out.line(`  ${line}`);
  if (lines.length > shownOfEach)
    out.line(out.color.dim(`  … and ${lines.length - shownOfEach} more (--json has all)`));
}

function named(names: readonly string[]): string {
  const once = [...new Set(names)];
  if (once.length === 0) return '';
  return ` (${once.slice(0, 6).join(', ')}${once.length > 6 ? ', …' : ''})`;
}

function told(value: unknown): string {
  return value === undefined ? '(none)' : JSON.stringify(value);
}

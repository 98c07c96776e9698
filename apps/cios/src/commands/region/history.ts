import { online, type Register } from '../../cli/cli.js';
import { path } from '../../cli/client.js';

interface ChangeRow {
  readonly position: string;
  readonly revision: string;
  readonly type: string;
  readonly at: string;
  readonly actor: string;
  readonly ticket: string | null;
  readonly data: {
    readonly from?: unknown;
    readonly to?: unknown;
    readonly name?: string;
    readonly notes?: string;
    readonly changes?: readonly {
      readonly attribute: string;
      readonly from?: unknown;
      readonly to?: unknown;
    }[];
  };
}

export const regionHistory: Register = (parent, cli) => {
  online(parent, 'history [region]', 'who changed what, when, and under which ticket')
    .option('--limit <n>', 'the newest so many', '50')
    .action(
      cli.run<{ limit: string }>(async ({ args: [region], options: { limit }, out, connect }) => {
        const route = region === undefined ? '/v1/region-data/changes' : path`/v1/regions/${region}/changes`;
        const { items } = await (
          await connect()
        ).get<{ readonly items: readonly ChangeRow[] }>(route, { limit });
        out.result({ changes: items });
        await out.table(
          ['when', 'revision', 'what', 'who', 'ticket', 'change'],
          items.map((row) => [row.at, row.revision, row.type, row.actor, row.ticket, told(row)]),
        );
        if (items.length === 0) out.line('nothing was ever changed');
        const last = items[0]?.position;
        out.next(last === undefined ? 'cios region list' : `cios audit diff --from ${BigInt(last) - 1n}`);
        return 0;
      }),
    );
};

function told({ type, data }: ChangeRow): string {
  if (type === 'RegionStateChanged') return `${String(data.from)} → ${String(data.to)}`;
  const changes = (data.changes ?? []).map(
    ({ attribute, from, to }) => `${attribute}: ${shown(from)} → ${shown(to)}`,
  );
  if (data.notes !== undefined) changes.push('notes');
  return changes.length > 0 ? changes.join(', ') : (data.name ?? '');
}

export function shown(value: unknown): string {
  return value === undefined ? '(none)' : typeof value === 'string' ? value : JSON.stringify(value);
}

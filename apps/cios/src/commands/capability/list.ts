import { online, type Register } from '../../cli/cli.js';
import { path } from '../../cli/client.js';

interface CapabilityRow {
  readonly environment: string;
  readonly name: string;
  readonly available: boolean;
  readonly partial: boolean;
  readonly publishers: readonly unknown[];
  readonly since: string | null;
  readonly reason: string | null;
}

export const capabilityList: Register = (parent, cli) => {
  online(parent, 'list <region>', 'capabilities of a region').action(
    cli.run(async ({ args: [region = ''], out, connect }) => {
      const { items: rows } = await (
        await connect()
      ).get<{ readonly items: readonly CapabilityRow[] }>(path`/v1/regions/${region}/capabilities`);
      out.result({ capabilities: rows });
      await out.table(
        ['capability', 'environment', 'available', 'since', 'publishers'],
        rows.map((row) => [
          row.name,
          row.environment,
          row.available
            ? row.partial
              ? 'in part'
              : 'yes'
            : `no${row.reason === null ? '' : `: ${row.reason}`}`,
          row.since,
          row.publishers.length,
        ]),
      );
      if (rows.length === 0) out.line('none');
      out.next(`cios capability waiting ${region}`);
      return 0;
    }),
  );
};

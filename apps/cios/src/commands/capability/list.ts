import { online, type Register } from '../../cli/cli.js';
import { path } from '../../cli/client.js';

interface CapabilityRow {
  readonly environment: string;
  readonly name: string;
  readonly status?: string;
  readonly available?: boolean;
  readonly publishers?: readonly unknown[];
}

export const capabilityList: Register = (parent, cli) => {
  online(parent, 'list <region>', 'capabilities of a region').action(
    cli.run(async ({ args: [region = ''], out, connect }) => {
      const rows = await (await connect()).all<CapabilityRow>(path`/v1/regions/${region}/capabilities`);
      out.result({ capabilities: rows });
      await out.table(
        ['capability', 'environment', 'status'],
        rows.map((row) => [
          row.name,
          row.environment,
          row.status ?? (row.available === false ? 'awaited' : 'available'),
        ]),
      );
      if (rows.length === 0) out.line('none');
      out.next(`cios capability waiting ${region}`);
      return 0;
    }),
  );
};

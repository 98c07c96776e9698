import { online, type Register } from '../../cli/cli.js';
import { path } from '../../cli/client.js';
import { type RegionRow } from './region-row.js';

export const regionShow: Register = (parent, cli) => {
  online(parent, 'show <region>', 'shows one region with all its attributes, notes and last ticket').action(
    cli.run(async ({ args: [name = ''], out, connect }) => {
      const client = await connect();
      const row = await client.get<RegionRow>(path`/v1/regions/${name}`);
      out.result(row);
      out.line(`${out.color.bold(row.publicName)} (${row.region}) is ${out.color.bold(row.state)}`);
      out.line();
      await out.table(
        ['attribute', 'value'],
        Object.entries(row.attributes).map(([key, value]) => [
          key,
          typeof value === 'string' ? value : JSON.stringify(value),
        ]),
      );
      out.line();
      await out.table(
        ['beside', ''],
        [
          ['notes', row.notes],
          ['last change', `${row.updatedAt} by ${row.updatedBy}`],
          ['last ticket', row.ticket],
          ['build hold', row.hold],
          ['builds by itself', row.autoBuild ? 'yes' : 'no'],
          ['places', row.executionTargets],
          ['may become', row.nextStates.join(', ')],
          ['revision', row.revision],
        ],
      );
      out.next(`cios region history ${row.publicName}`, `cios build list ${row.publicName}`);
      return 0;
    }),
  );
};

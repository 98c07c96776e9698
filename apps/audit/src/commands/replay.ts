import { replay as replayLog } from '#libs/audit';
import { offline, type Register } from '#libs/command-line';
import { pointOf } from '../point-of.js';
import { withRecord } from '../record.js';

interface Options {
  readonly at?: string;
  readonly region?: string;
}

export const replay: Register = (parent, cli) => {
  offline(parent, 'replay', 'region data, states and capabilities exactly as they were, from events alone')
    .option('--data <dir>', 'folder of the installation (default: .cios/data)')
    .option('--at <time|position>', 'as of a time (ISO 8601) or a position in the log; default: now')
    .option('--region <name>', 'of one region')
    .action(
      cli.run<Options>(async ({ options: { data, at, region }, out, io }) => {
        const point = pointOf('--at', at);
        const then = await withRecord(data, io.cwd, (record) =>
          replayLog(record.events(), { at: point, ...(region !== undefined && { region }) }),
        );
        out.result(then);
        out.line(
          `after ${then.events} events, up to position ${then.position}${then.recordedAt === null ? '' : `, ${then.recordedAt}`}`,
        );
        out.line();
        const built = Object.entries(then.states).filter(
          ([name, state]) => region !== undefined || state !== 'Production' || name === then.region,
        );
        await out.table(
          ['region', 'state', 'capabilities'],
          built.map(([name, state]) => [name, state, then.available[name]?.length ?? 0]),
        );
        const others = Object.keys(then.states).length - built.length;
        if (others > 0) out.line(out.color.dim(`and ${others} regions in Production`));
        if (then.region !== null) {
          out.line();
          await out.table(
            [then.region, ''],
            [
              ['state', then.state],
              ['releases', then.releases],
              ['operations', then.operations],
              ['capabilities', then.capabilities],
              ['seconds to Production', then.seconds],
            ],
          );
        }
        for (const name of region === undefined ? [] : (then.available[then.region ?? region] ?? []))
          out.line(`  ${name}`);
        const where = data === undefined ? '' : ` --data ${data}`;
        out.next(`cios audit diff --from 0${where}`, `cios audit verify${where}`);
        return 0;
      }),
    );
};

import { change, type Register } from '../../cli/cli.js';
import { path } from '../../cli/client.js';

/** A command that asks for another state, or a hold, and may say why. */
function asks(name: string, route: string, summary: string, done: string): Register {
  return (parent, cli) => {
    change(parent, `${name} <region>`, summary)
      .option('--reason <text>', 'why')
      .action(
        cli.run<{ reason?: string }>(
          async ({ args: [region = ''], options: { reason }, out, connect, change: bears }) => {
            const body =
              route === 'hold'
                ? { reason: reason ?? 'no reason was given' }
                : { ...(reason !== undefined && { reason }) };
            const answer = await (await connect()).post(path`/v1/regions/${region}/` + route, body, bears);
            out.result(answer);
            out.line(`${region} ${done}`);
            out.next(`cios region show ${region}`);
            return 0;
          },
        ),
      );
  };
}

export const regionStates: readonly Register[] = [
  asks('pause', 'pause', 'pauses a region: no work is begun there', 'is Paused'),
  asks('resume', 'resume', 'takes a paused region back to Production', 'is in Production'),
  asks('production', 'production', 'sets Production by hand where every flock is there', 'is in Production'),
  asks('deprecate', 'deprecate', 'retires a region: flocks no longer see it', 'is Deprecated'),
  asks('cancel', 'cancel-registration', 'cancels a region that is Building: back to none', 'is back in none'),
  asks('hold', 'hold', 'holds up builds of a region', 'is held: its builds begin nothing new'),
  asks('unhold', 'unhold', 'lets builds of a region go on', 'is held no longer'),
];

import { resolve } from 'node:path';
import { change, type Register } from '../../cli/cli.js';
import { publishFlocks } from './publish-flocks.js';

interface Options {
  readonly set?: string;
  readonly golden: boolean;
  readonly lenient?: boolean;
}

export const flockPublish: Register = (parent, cli) => {
  change(
    parent,
    'publish <dir>',
    'publishes the flocks below a folder, with their artifacts, and makes them golden',
  )
    .option('--set <name>', 'version set that names them (default: main)')
    .option('--golden', 'moves golden to it: regions without a set of their own build these', true)
    .option('--no-golden', 'publishes alone')
    .option('--lenient', 'accept FIG. 5 as the patent prints it, with warnings')
    .action(
      cli.run<Options>(async ({ args: [dir = '.'], options, out, io, connect, change: bears }) => {
        const { set, golden, lenient } = options;
        const published = await publishFlocks(await connect(), resolve(io.cwd, dir), {
          ...bears,
          golden,
          ...(set !== undefined && { set }),
          ...(lenient !== undefined && { lenient }),
        });
        out.result(published);
        const flocks = Object.entries(published.flocks).sort();
        await out.table(['flock', 'version'], flocks);
        out.line();
        out.line(
          `${flocks.length} flocks and ${Object.keys(published.artifacts).length} artifacts are published`,
        );
        if (published.set)
          out.line(
            `version set ${published.set.set}@${published.set.revision} names them${golden ? ', and is golden' : ''}`,
          );
        out.next(golden ? 'cios build start REGION --ticket TICKET' : `cios version-set create NAME ${dir}`);
        return 0;
      }),
    );
};

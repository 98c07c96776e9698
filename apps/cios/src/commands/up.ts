import { resolve } from 'node:path';
import { refuse, Refused } from '#libs/kernel';
// Not inline: that would load the server.
import type { Server } from '../server/index.js';
import { offline, type Invocation, type Register } from '../cli/cli.js';
import { announceStart, defaultData } from '../cli/installation.js';

interface Options {
  readonly port: string;
}

export const upCommand: Register = (program, cli) => {
  offline(program, 'up', 'everything in one process on embedded stores, until it is stopped')
    .option('--data <dir>', 'folder of the installation (default: .cios/data)')
    .option('--port <n>', 'port on the loopback interface; 0: any that is free', '7400')
    .action(cli.run<Options>(up));
};

async function up({ options, out, io }: Invocation<Options>): Promise<number> {
  const data = options.data ?? io.env['CIOS_DATA'] ?? defaultData;
  const folder = resolve(io.cwd, data);
  const port = portOf(options.port);
  const stopped = untilStopped();
  const started = announceStart(folder);
  const server = await serve(folder, port).finally(started);
  out.result({ ready: true, url: server.url, data: folder, pid: process.pid });
  out.line(
    `${out.color.bold('cios')} serves ${out.color.bold(data)} at ${out.color.cyan(server.url)}  (stop it with Ctrl-C)`,
  );
  const at = data === defaultData ? '' : ` --data ${data}`;
  out.next(
    `cios region list${at}`,
    `cios region import FILE --ticket TICKET${at}`,
    `cios flock publish DIR --golden${at}`,
  );
  await stopped;
  await server.close();
  return 0;
}

async function serve(data: string, port: number): Promise<Server> {
  const { startServer } = await import('../server/index.js');
  return startServer({ data, port }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Refused(
      refuse('cli/port-in-use', `something else listens on port ${port}`, {
        fix: 'choose another with --port N, or any free one with --port 0',
      }),
    );
  });
}

/** Until the process is told to end, or whoever started it with a channel is gone. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
      // Once: a second signal ends the process at once.
      process.once(signal, () => {
        resolve();
      });
    process.once('disconnect', resolve);
  });
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new Refused(
    refuse('cli/invalid-option', `--port ${text} is no port`, { fix: 'give a number from 0 to 65535' }),
  );
}

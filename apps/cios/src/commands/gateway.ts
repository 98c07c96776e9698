import { resolve } from 'node:path';
import { refuse, Refused } from '#libs/kernel';
import { offline, type Invocation, type Register } from '../cli/cli.js';
import { defaultData } from '../cli/installation.js';

interface Options {
  readonly port: string;
  readonly listen: string;
  readonly insecure?: boolean;
}

export const gatewayCommand: Register = (program, cli) => {
  offline(program, 'gateway', "EventStoreDB's protocol over the embedded event store, until it is stopped")
    .option('--data <dir>', 'folder of the installation (default: .cios/data); an empty one is initialised')
    .option('--port <n>', 'port; 0: any that is free', '2113')
    .option('--listen <host>', 'address to listen on', '127.0.0.1')
    .option('--insecure', "plain text on loopback, without credentials; CIOS's own streams are not served")
    .action(cli.run<Options>(gateway));
};

async function gateway({ options, out, io }: Invocation<Options>): Promise<number> {
  const data = options.data ?? io.env['CIOS_DATA'] ?? defaultData;
  const { serveGateway } = await import('../../../gateway/src/serve-gateway.js');
  const stopped = new Promise<void>((stop) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, stop);
    process.once('disconnect', stop);
  });
  const served = await serveGateway({
    data: resolve(io.cwd, data),
    port: portOf(options.port),
    host: options.listen,
    insecure: options.insecure === true,
  });
  out.result({ ready: true, url: served.url, credentials: served.credentials, pid: process.pid });
  out.line(`the event store of ${data} answers at ${out.color.cyan(served.url)}  (stop it with Ctrl-C)`);
  if (served.credentials !== null) out.line(`logins and the certificate lie in ${served.credentials}`);
  await stopped;
  await served.close();
  return 0;
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new Refused(
    refuse('cli/invalid-option', `--port ${text} is no port`, { fix: 'give a number from 0 to 65535' }),
  );
}

import { type ChildProcess, spawn } from 'node:child_process';
import { Client } from '../cli/client.js';
import { installationOn } from '../cli/installation.js';

/** A `cios up` of the build, in a process of its own. */
export class RunningServer {
  private constructor(
    private readonly child: ChildProcess,
    readonly client: Client,
  ) {}

  /** `main`: the built command line. Rejects with what it printed where it does not come up within 60 s. */
  static async start(
    main: string,
    data: string,
    env: Readonly<Record<string, string>> = {},
  ): Promise<RunningServer> {
    const child = spawn(process.execPath, [main, 'up', '--data', data, '--port', '0', '--json'], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let printed = '';
    const ready = await new Promise<boolean>((resolve) => {
      const late = setTimeout(() => {
        resolve(false);
      }, 60_000);
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => {
          printed += chunk.toString('utf8');
          if (printed.includes('"ready":true')) {
            clearTimeout(late);
            resolve(true);
          }
        });
      child.once('exit', () => {
        clearTimeout(late);
        resolve(false);
      });
    });
    const installation = installationOn(data);
    if (ready && installation) return new RunningServer(child, new Client(installation));
    child.kill('SIGKILL');
    throw new Error(`cios up did not come up: ${printed.slice(-400)}`);
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill(signal);
    await gone;
  }
}

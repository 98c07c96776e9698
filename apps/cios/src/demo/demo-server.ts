import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { refuse, Refused } from '#libs/kernel';
import { Client } from '../cli/client.js';
import { installationOn, isAlive } from '../cli/installation.js';

const readyWithinMs = 60_000;
const endsWithinMs = 15_000;

/** `cios up` on the demo's folder as a process of its own, in the demo's process group. It ends when the demo is gone. */
export class DemoServer {
  private constructor(
    private readonly child: ChildProcess,
    readonly client: Client,
  ) {}

  get pid(): number {
    return this.child.pid!;
  }

  static async start(folder: string): Promise<DemoServer> {
    const log = join(folder, 'server.log');
    const errors = openSync(log, 'a');
    const args = [...process.execArgv, process.argv[1]!, 'up', '--data', folder, '--port', '0', '--json'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', errors, 'ipc'] });
    closeSync(errors);
    const ready = await isReady(child);
    const installation = ready ? installationOn(folder) : null;
    if (installation) return new DemoServer(child, new Client(installation));
    child.kill('SIGKILL');
    const told = readFileSync(log, 'utf8').trim().split('\n').slice(-3).join(' ');
    throw new Refused(
      refuse('demo/no-server', `the demo's server did not come up${told === '' ? '' : `: ${told}`}`, {
        fix: `look into ${log}, or try by hand: cios up --data ${folder}`,
      }),
    );
  }

  /** As `kill -9` does it. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await ended(this.child);
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    const late = setTimeout(() => this.child.kill('SIGKILL'), endsWithinMs);
    await ended(this.child);
    clearTimeout(late);
  }
}

/** Ends the server that an earlier demo left on the folder, if it is still there. Refuses `demo/folder-in-use` where it is another's. */
export async function endLeftServer(folder: string, shown: string, ours: number | undefined): Promise<void> {
  const running = installationOn(folder);
  const pids = [...new Set([ours, running?.pid])].filter((pid) => pid !== undefined);
  for (const pid of pids) {
    // A server whose demo is gone ends by itself.
    for (let waited = 0; isAlive(pid) && waited < 5_000; waited += 50) await sleep(50);
    if (!isAlive(pid)) continue;
    if (pid !== ours || pid !== running?.pid)
      throw new Refused(
        refuse('demo/folder-in-use', `process ${pid} serves ${shown}`, { fix: `stop it first: kill ${pid}` }),
      );
    process.kill(pid, 'SIGKILL');
    while (isAlive(pid)) await sleep(50);
  }
}

function isReady(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    let text = '';
    const late = setTimeout(() => {
      resolve(false);
    }, readyWithinMs);
    const over = (ready: boolean): void => {
      clearTimeout(late);
      resolve(ready);
    };
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      if (/"ready":\s*true/.test(text)) over(true);
    });
    child.once('exit', () => {
      over(false);
    });
  });
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else
      child.once('exit', () => {
        resolve();
      });
  });
}

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from '@jest/globals';
import { type Lane, someMongodb } from '#libs/read-store/adapters/mongodb/testing';
import { replay } from '#libs/audit';
import { withRecord } from '../apps/audit/src/record.js';
import { Client, type EventJson, path } from '../apps/cios/src/cli/client.js';
import { type BuildRow } from '../apps/cios/src/commands/build/build-row.js';
import { publishFlocks } from '../apps/cios/src/commands/flock/publish-flocks.js';
import { ledgerKeys } from '../apps/cios/src/demo/ledger.js';
import { smallRegionData, writeSmallFlocks } from '../apps/cios/src/testing/small-fleet.js';
import { built } from './built.js';

const apps = join(dirname(built()), '../..');
const folder = mkdtempSync(join(tmpdir(), 'cios-apart-'));
const region = 'region-one';
const adminToken = 'admin-token-of-the-test-0123456789abcdef';
const regionalToken = 'regional-token-of-the-test-0123456789ab';
const termMs = 3_000;
const running: App[] = [];
let mongodb: Lane = { name: 'mongodb', notRun: 'not asked for' };

afterAll(async () => {
  await Promise.all(running.map((app) => app.end('SIGKILL')));
  if ('stop' in mongodb) await mongodb.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** One app in a process of its own. */
class App {
  printed = '';

  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
  ) {}

  /** Resolves with what `ready` finds in its output; rejects with the output where it ends before. */
  static async start(name: string, env: Readonly<Record<string, string>>, ready: RegExp) {
    const child = spawn(process.execPath, [join(apps, name, 'src/main.js')], {
      env: { PATH: process.env['PATH'], CIOS_PORT: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const app = new App(name, child);
    running.push(app);
    const found = await new Promise<string | undefined>((resolve) => {
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => {
          app.printed += chunk.toString('utf8');
          const [, said] = ready.exec(app.printed) ?? [];
          if (said !== undefined) resolve(said);
        });
      child.once('exit', () => {
        resolve(undefined);
      });
    });
    if (found === undefined) throw new Error(`${name} ended: ${app.printed}`);
    return { app, found };
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill(signal);
    await gone;
  }
}

const url = /"url":"(http[^"]+)"/;

it('builds a region through apps in processes of their own, one Regional killed in the middle, nothing done twice', async () => {
  mongodb = await someMongodb();
  if ('notRun' in mongodb) process.stdout.write(`apart on ${mongodb.name} NOT RUN: ${mongodb.notRun}\n`);
  else process.stdout.write(`apart: read models and blobs in ${mongodb.name}\n`);
  const store = join(folder, 'store');
  const flocks = join(folder, 'flocks');
  const world = join(folder, 'world');
  for (const made of [store, flocks, world]) mkdirSync(made);
  writeSmallFlocks(flocks, 5, 4);

  const gateway = await App.start('gateway', { CIOS_DATA: store }, /gateway: \S+:(\d+)\?/);
  const { own } = JSON.parse(readFileSync(join(store, 'gateway', 'logins.json'), 'utf8')) as {
    readonly own: { readonly name: string; readonly password: string };
  };
  const certificate = join(store, 'gateway', 'tls.crt');
  const stores: Record<string, string> = {
    CIOS_EVENT_STORE: `esdb://${own.name}:${own.password}@localhost:${gateway.found}?tls=true&tlsCAFile=${certificate}`,
    CIOS_READ_STORE: 'notRun' in mongodb ? `embedded:${join(folder, 'read')}` : mongodb.urlOf('apart'),
    ...('notRun' in mongodb && { CIOS_BLOB_STORE: `folder:${join(folder, 'blobs')}` }),
  };
  const central = {
    ...stores,
    CIOS_ADMIN_TOKEN: adminToken,
    CIOS_REGIONAL_TOKEN: regionalToken,
    CIOS_SIGNING_KEY: 'signing-key-of-the-test',
    CIOS_REGIONAL_TERM_MS: String(termMs),
  };
  const [commandApi, queryApi] = await Promise.all(
    ['command-api', 'query-api', 'orchestrator'].map((name) =>
      App.start(name, { ...central, CIOS_DATA: join(folder, name) }, url),
    ),
  );
  const regional = (name: string) =>
    App.start(
      'regional',
      {
        CIOS_COMMAND_API: commandApi!.found,
        CIOS_REGIONAL_TOKEN: regionalToken,
        CIOS_REGIONAL_NAME: name,
        CIOS_REGIONAL_WORKERS: '3',
        // Both act on one world, as two Regionals of one place do.
        CIOS_DATA: world,
        CIOS_SIMULATION_MS: '400-800',
        CIOS_SIMULATION_FAILURES: '0.05',
      },
      url,
    );
  const regionals = new Map(
    await Promise.all(['first', 'second'].map(async (name) => [name, await regional(name)] as const)),
  );

  const commands = new Client({ url: commandApi!.found, token: adminToken });
  const queries = new Client({ url: queryApi!.found, token: adminToken });
  await commands.post(
    '/v1/region-data/import',
    { text: smallRegionData },
    { key: 'import', ticket: 'CHG-1' },
  );
  await publishFlocks(commands, flocks, { key: 'publish', golden: true });
  await commands.post(path`/v1/regions/${region}/builds`, { reason: 'apart' }, { ticket: 'CHG-1' });

  const events = async (types: string) => {
    const answer = await queries.get<{ readonly items: readonly EventJson[] }>('/v1/events', {
      types,
      limit: 1000,
    });
    return answer.items;
  };
  const leases = async () => (await events('LeaseGranted')).map(({ data }) => data as Lease);
  // Some work is done, and an operation has begun a moment ago: its Regional is killed in the middle of it.
  const victim = await until('an operation under way', async () => {
    if (ledgerKeys(world).length < 6) return null;
    const last = (await events('OperationStarted')).at(-1)!;
    const { release, action } = last.data as { readonly release: string; readonly action: string };
    if (action === 'publish' || Date.now() - Date.parse(last.recordedAt) > 200) return null;
    const held = (await leases()).filter((lease) => lease.release === release).at(-1)!;
    return { ...held, name: held.regional.split('@')[0]! };
  });
  await regionals.get(victim.name)!.app.end('SIGKILL');
  const atKill = ledgerKeys(world).length;
  const survivor = victim.name === 'first' ? 'second' : 'first';

  const build = await until('the end of the build', async () => {
    const [row] = await queries.all<BuildRow>(path`/v1/regions/${region}/builds`);
    return row?.status === 'completed' ? row : null;
  });
  expect(build.status).toBe('completed');
  const keys = ledgerKeys(world);
  expect(keys).toHaveLength(20);
  expect(new Set(keys).size).toBe(20);
  expect(atKill).toBeLessThan(20);
  // What the killed one held was granted to the other, in the next epoch, and once.
  const takenOver = (await leases()).filter(({ release, epoch }) => release === victim.release && epoch > 1);
  expect(takenOver).toMatchObject([
    { regional: expect.stringContaining(`${survivor}@`), epoch: victim.epoch + 1 },
  ]);
  const results = (await events('OperationSucceeded')).map(({ data }) => data as { readonly key: string });
  expect(new Set(results.map(({ key }) => key)).size).toBe(results.length);

  const health = async (at: string) => (await fetch(new URL('/v1/health', at))).json();
  for (const { found } of [commandApi!, queryApi!])
    expect(await health(found)).toMatchObject({
      status: 'up',
      stores: { events: 'up', read: 'up', blobs: 'up' },
    });
  expect(await health(regionals.get(survivor)!.found)).toMatchObject({ status: 'up' });
  expect((await fetch(new URL('/v1/regions', queryApi!.found))).status).toBe(401);

  await regionals.get(survivor)!.app.end('SIGTERM');
  const { items } = await commands.get<{ readonly items: readonly object[] }>('/v1/regionals');
  expect(items).toMatchObject([
    { name: 'first', alive: false },
    { name: 'second', alive: false },
  ]);
  for (const app of [...running].reverse()) await app.end('SIGTERM');
  const { operations } = await withRecord(store, folder, (record) => replay(record.events()));
  expect(operations).toBe(keys.length);
}, 150_000);

interface Lease {
  readonly release: string;
  readonly regional: string;
  readonly epoch: number;
}

async function until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
  for (let waited = 0; waited < 60_000; waited += 100) {
    const found = await look();
    if (found !== null) return found;
    await sleep(100);
  }
  const said = running.map(({ name, printed }) => `${name}: ${printed.slice(-600)}`).join('\n');
  throw new Error(`${what} did not come within 60 s\n${said}`);
}

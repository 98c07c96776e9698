import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AggregateStore, openEventStore, type EventStore } from '#libs/event-store';
import { openReadStore, StoredPositions, type ReadStore } from '#libs/read-store';
import { until } from '#libs/read-store/testing';
import { type RegionDataCommand } from '#libs/region-data/contract';
import { regionDataAggregate } from '#libs/region-data/history';
import { ScriptedMongodb } from '#libs/read-store/adapters/mongodb/testing';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A process may have a host name of its own, as on another machine: others cannot see then that it is gone. */
const canBeElsewhere = spawnSync('unshare', ['--uts', 'hostname', 'elsewhere']).status === 0;

/** An app as a process of its own, from the sources. */
function start(app: string, env: Readonly<Record<string, string>>, elsewhere = false): ChildProcess {
  const loader = new URL('../scripts/typescript.mjs', import.meta.url).href;
  const args = ['--conditions', 'cios-source', '--import', loader, `apps/${app}/src/main.ts`];
  const [program, given] = elsewhere
    ? ['unshare', ['--uts', 'sh', '-c', 'hostname elsewhere && exec "$0" "$@"', process.execPath, ...args]]
    : [process.execPath, args];
  return spawn(program, given, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

describe('two orchestrators on one pair of stores', () => {
  let data: string;
  let children: ChildProcess[];
  let events: EventStore;
  let eventStoreUrl: string;
  let mongodb: ScriptedMongodb;
  let rows: ReadStore;

  beforeEach(async () => {
    data = mkdtempSync(join(tmpdir(), 'cios-takeover-'));
    children = [];
    mongodb = await ScriptedMongodb.start();
    const gateway = start('gateway', { CIOS_DATA: data, CIOS_PORT: '0' });
    children.push(gateway);
    const [said] = (await once(gateway.stdout!, 'data')) as [Buffer];
    const [, url] = /gateway: (\S+)/.exec(said.toString()) ?? [];
    const { own } = JSON.parse(readFileSync(join(data, 'gateway/logins.json'), 'utf8')) as {
      own: { name: string; password: string };
    };
    eventStoreUrl = url!.replace('//', `//${own.name}:${own.password}@`);
    events = await openEventStore(eventStoreUrl);
  });
  afterEach(async () => {
    await rows.close();
    await events.close();
    await Promise.all(children.map(kill));
    await mongodb.down();
    rmSync(data, { recursive: true, force: true });
  });

  const leasesOf = async (): Promise<ReadonlySet<number>> => {
    const leases = await rows.listDocuments('lease/');
    return new Set(leases.map(({ value }) => (value as { process: { pid: number } }).process.pid));
  };

  it.each<[string, boolean, () => string]>([
    ['embedded', false, () => `embedded:${data}`],
    ['mongodb → a scripted server of its wire protocol', canBeElsewhere, () => mongodb.urlOf('cios')],
  ])(
    'one works, the other waits, and takes over after kill -9 (read store: %s; under a host name of its own: %s)',
    async (_, elsewhere, urlOf) => {
      const readStoreUrl = urlOf();
      rows = await openReadStore(readStoreUrl);
      const positions = new StoredPositions(rows);
      const aggregates = new AggregateStore(events);
      let commands = 0;
      const execute = async (command: RegionDataCommand): Promise<bigint> => {
        const commandId = `takeover-${++commands}`;
        const context = {
          commandId,
          actor: 'test',
          occurredAt: '2026-01-01T00:00:00.000Z',
          correlationId: commandId,
          ticket: 'CHG-1',
        };
        return (await aggregates.execute(regionDataAggregate, 'region-data', command, context)).position;
      };
      const edit = () => execute({ type: 'EditRealm', realm: 'oc1', set: { edits: commands } });
      const orchestrator = (away: boolean): ChildProcess => {
        const env = {
          CIOS_DATA: data,
          CIOS_PORT: '0',
          CIOS_EVENT_STORE: eventStoreUrl,
          CIOS_READ_STORE: readStoreUrl,
        };
        const child = start('orchestrator', env, away);
        children.push(child);
        return child;
      };

      const first = orchestrator(elsewhere);
      await execute({ type: 'AddRealm', realm: 'oc1' });
      await until('the first works', async () => (await leasesOf()).has(first.pid!), 30_000);
      expect(await positions.waitFor(['realms'], await edit(), 10_000)).toBe(true);
      const leases = (await rows.listDocuments('lease/')).length;
      const second = orchestrator(false);
      // It is up, and waits: what happens meanwhile is the first one's work.
      const up = performance.now() + 6_000;
      while (performance.now() < up)
        expect(await positions.waitFor(['realms'], await edit(), 10_000)).toBe(true);
      expect(second.exitCode).toBeNull();
      expect([...(await leasesOf())]).toEqual([first.pid]);

      // Killed in the middle of its work.
      const many = Promise.all(Array.from({ length: 50 }, edit));
      await kill(first);
      const killed = performance.now();
      await many;
      // The time itself is printed: a busy machine may need more than the 10 s that are promised on a free one.
      const left = () => 30_000 - (performance.now() - killed);
      expect(await positions.waitFor(['realms'], await edit(), left())).toBe(true);
      await until(
        'the second has every lease',
        async () => {
          const owners = await leasesOf();
          return owners.size === 1 && owners.has(second.pid!);
        },
        left(),
      );
      expect((await rows.listDocuments('lease/')).length).toBe(leases);
      process.stdout.write(
        `takeover took ${Math.round(performance.now() - killed)} ms, of the 10,000 promised\n`,
      );
    },
    90_000,
  );
});

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { replay } from '#libs/audit';
import { verifyRecord } from '../../../audit/src/verify-record.js';
import { withRecord } from '../../../audit/src/record.js';
import { path } from '../cli/client.js';
import { settled } from '../cli/settled.js';
import { type BuildRow } from '../commands/build/build-row.js';
import { publishFlocks } from '../commands/flock/publish-flocks.js';
import { type RegionPlan } from '../commands/plan/region-plan.js';
import { ledgerKeys } from '../demo/ledger.js';
import { RunningServer } from './running-server.js';
import { smallRegionData, writeSmallFlocks } from './small-fleet.js';

const region = 'region-one';
/** A build of the small fleet takes a second or two, some operations fail at first. */
const simulation = { CIOS_SIMULATION_MS: '20-150', CIOS_SIMULATION_FAILURES: '0.05' };

export interface CrashOptions {
  /** The built command line. */
  readonly main: string;
  /** Empty. */
  readonly folder: string;
  /** How often the server is killed. */
  readonly rounds: number;
  readonly seed: number;
  readonly report?: (round: number, problems: readonly string[]) => void;
}

export interface Crashes {
  readonly problems: readonly string[];
  readonly effects: number;
  readonly builds: number;
  readonly edits: number;
}

/**
 * Builds a small region over and over, killing the server with -9 at seeded moments and starting it again, and holds it to its
 * promises: nothing acknowledged is lost, no effect is lost or happens twice, every build goes on to its end, the record is intact.
 */
export async function crashRounds({ main, folder, rounds, seed, report }: CrashOptions): Promise<Crashes> {
  const data = join(folder, 'data');
  const flocks = join(folder, 'flocks');
  writeSmallFlocks(flocks);
  const random = seeded(seed);
  const problems: string[] = [];
  let [acknowledged, tried, edits, builds] = [0, 0, 0, 0];
  let server = await RunningServer.start(main, data, simulation);
  try {
    await server.client.post(
      '/v1/region-data/import',
      { text: smallRegionData },
      { key: 'import', ticket: 'CHG-1' },
    );
    await publishFlocks(server.client, flocks, { key: 'publish', golden: true });
    for (let round = 0; round < rounds; round += 1) {
      const before = ledgerKeys(data);
      // What the killed server does not answer is what is tried, and it may or may not have happened.
      const work = (async () => {
        if (await isBuilding(server)) return;
        if (builds > 0) {
          tried = acknowledged + 1;
          await server.client.patch(
            path`/v1/regions/${region}`,
            { set: { generation: tried } },
            { ticket: 'CHG-2' },
          );
          acknowledged = tried;
          edits += 1;
        }
        await server.client.post(
          path`/v1/regions/${region}/builds`,
          { reason: `round ${round}` },
          { ticket: 'CHG-2' },
        );
        builds += 1;
      })().catch(() => undefined);
      await sleep(30 + random() * 1200);
      await server.kill();
      await work;
      server = await RunningServer.start(main, data, simulation);
      const found = [...effectProblems(data, before), ...(await editProblems(server, acknowledged, tried))];
      acknowledged = tried;
      report?.(round, found);
      problems.push(...found.map((problem) => `round ${round}: ${problem}`));
    }
    problems.push(...(await endProblems(server)));
    await server.kill('SIGTERM');
    const { operations } = await withRecord(data, folder, (record) => replay(record.events()));
    const keys = ledgerKeys(data);
    if (operations !== keys.length)
      problems.push(
        `at the end: ${keys.length} effects in the ledger, ${operations} operations in the record`,
      );
    const { findings } = await verifyRecord(data, folder);
    problems.push(...findings.map(({ message }) => `at the end: ${message}`));
    return { problems, effects: keys.length, builds, edits };
  } finally {
    await server.kill();
  }
}

async function isBuilding({ client }: RunningServer): Promise<boolean> {
  const rows = await client.all<BuildRow>(path`/v1/regions/${region}/builds`);
  return rows.some(({ status }) => status === 'open' || status === 'concluding');
}

function effectProblems(data: string, before: readonly string[]): string[] {
  const keys = ledgerKeys(data);
  const now = new Set(keys);
  return [
    ...before.filter((key) => !now.has(key)).map((key) => `effect ${key} is gone`),
    ...(keys.length > now.size ? [`${keys.length - now.size} effects happened twice`] : []),
  ];
}

async function editProblems(
  { client }: RunningServer,
  acknowledged: number,
  tried: number,
): Promise<string[]> {
  const text = await client.text('/v1/region-data');
  const { all_regions } = JSON.parse(text) as {
    readonly all_regions: readonly { readonly generation: number }[];
  };
  const [entry] = all_regions;
  const generation = entry?.generation;
  return generation === acknowledged || generation === tried
    ? []
    : [`generation ${acknowledged} was acknowledged; it is ${generation}`];
}

/** The last build comes to its end, and one more edit finds nothing that was left undone. */
async function endProblems(server: RunningServer): Promise<string[]> {
  const { client } = server;
  for (let waited = 0; await isBuilding(server); waited += 100) {
    if (waited > 60_000) return ['at the end: the build did not come to its end within 60 s'];
    await sleep(100);
  }
  const { revision } = await client.patch(
    path`/v1/regions/${region}`,
    { set: { last: true } },
    { ticket: 'CHG-3' },
  );
  await settled(client, revision);
  const rows = await client.all<BuildRow>(path`/v1/regions/${region}/builds`);
  const last = [...rows]
    .sort((a, b) => Number(a.build.split('-').at(-1)) - Number(b.build.split('-').at(-1)))
    .at(-1);
  if (last?.status !== 'completed') return [`at the end: build ${last?.build} is ${last?.status}`];
  const plan = await client.get<RegionPlan>(path`/v1/regions/${region}/plan`);
  return plan.add + plan.destroy === 0 ? [] : [`at the end: ${plan.add} to add, ${plan.destroy} to destroy`];
}

/** Numbers in [0, 1), the same for a seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

// npm run test:stores: the contract of each store on every adapter that can be had here, and what answered. A lane that could
// not run prints NOT RUN and why, and counts as skipped.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'test-stores-'));
const file = join(folder, 'results.json');
const jest = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    '-w=2',
    '--silent=false',
    '--json',
    `--outputFile=${file}`,
    'libs/(event|read)-store/(adapters|gateway)',
  ],
  { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' },
);
const { testResults } = JSON.parse(readFileSync(file, 'utf8'));
rmSync(folder, { recursive: true, force: true });

const lanes = new Map();
for (const { assertionResults } of testResults)
  for (const { ancestorTitles, status } of assertionResults) {
    const [title = ''] = ancestorTitles;
    const [, store, adapter] =
      /^(event store): (.+)$/.exec(title) ?? /^(read store) contract, answered by (.+)$/.exec(title) ?? [];
    if (adapter === undefined) continue;
    const lane = lanes.get(title) ?? { store, adapter, passed: 0, failed: 0, skipped: 0 };
    lane[status === 'passed' ? 'passed' : status === 'failed' ? 'failed' : 'skipped'] += 1;
    lanes.set(title, lane);
  }
for (const { store, adapter, passed, failed, skipped } of lanes.values())
  console.log(
    `${store.padEnd(12)} ${adapter.padEnd(48)} ${passed} passed, ${failed} failed, ${skipped} skipped`,
  );

const notRun = [];
if (!process.env.CIOS_TEST_ESDB)
  notRun.push(['event store', 'eventstoredb → a real server', 'CIOS_TEST_ESDB names none']);
if (!process.env.CIOS_TEST_MONGODB)
  notRun.push(['read store', 'mongodb → a real replica set', 'CIOS_TEST_MONGODB names none']);
for (const [, reason] of jest.stdout.matchAll(/read store contract: mongodb NOT RUN: (.+)/g))
  notRun.push(['read store', 'mongodb', reason]);
for (const [store, adapter, reason] of notRun)
  console.log(`${store.padEnd(12)} ${adapter.padEnd(48)} NOT RUN: ${reason}`);
process.exit(jest.status ?? 1);

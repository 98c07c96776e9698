// npm run test:stores: the contract of each store on every adapter that can be had here, and what answered. A lane that could
// not run prints NOT RUN and why, and counts as skipped; one that is expected and has no tests at all fails the run.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const gateway = 'eventstoredb → gateway over loopback TLS';
const realEvents = 'eventstoredb → a real server';
const emulator = 'mongodb → jongodb 0.1.6, an emulator in memory';
const scripted = 'mongodb → a scripted server of its wire protocol';
const expected = [
  ['event store', 'memory'],
  ['event store', 'embedded (lmdb)'],
  ['event store', gateway],
  ['event store', realEvents],
  ['read store', 'memory'],
  ['read store', 'embedded (lmdb)'],
  ['read store', emulator],
  ['read store', scripted],
  ['read store faults', scripted],
  ['read store', 'mongodb → a real replica set'],
];
const notes = {
  [emulator]:
    'differs from a server: transactions do not see one another and commit after 11000, a bulk write with a duplicate inserts nothing, projections are ignored, no rename, no change streams, nothing on disk',
  [scripted]: 'no database: knows the commands that the adapter sends, for faults on request',
};

const folder = mkdtempSync(join(tmpdir(), 'test-stores-'));
const file = join(folder, 'results.json');
const jest = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    '-w=2',
    '--silent',
    '--json',
    `--outputFile=${file}`,
    'libs/(event|read)-store/(adapters|gateway)',
  ],
  { stdio: ['ignore', 'ignore', 'inherit'] },
);
if (!existsSync(file)) {
  console.error('the tests did not run');
  process.exit(1);
}
const { testResults } = JSON.parse(readFileSync(file, 'utf8'));
rmSync(folder, { recursive: true, force: true });

const keyOf = (store, adapter) => `${store}: ${adapter}`;
const lanes = new Map(
  expected.map(([store, adapter]) => [
    keyOf(store, adapter),
    { store, adapter, passed: 0, failed: 0, skipped: 0, reason: undefined },
  ]),
);
/** Tests of the same files that belong to no lane: opening, folders, what is particular to one adapter. */
const others = { store: 'both', adapter: 'particular to one adapter', passed: 0, failed: 0, skipped: 0 };

function laneOf(titles) {
  for (const title of titles) {
    const [, store, adapter] =
      /^(event store): (.+)$/.exec(title) ?? /^(read store) contract, answered by (.+)$/.exec(title) ?? [];
    if (adapter !== undefined) return [store, adapter];
    const [, faults] = /^read store faults, answered by (.+)$/.exec(title) ?? [];
    if (faults !== undefined) return ['read store faults', faults];
  }
  return null;
}

for (const { name, message, assertionResults } of testResults) {
  if (assertionResults.length === 0) {
    others.failed += 1;
    console.error(`${name} did not run: ${message}`);
  }
  for (const { ancestorTitles, title, status } of assertionResults) {
    const named = laneOf(ancestorTitles);
    let lane = others;
    if (named !== null) {
      const key = keyOf(...named);
      if (!lanes.has(key))
        lanes.set(key, { store: named[0], adapter: named[1], passed: 0, failed: 0, skipped: 0 });
      lane = lanes.get(key);
    }
    lane[status === 'passed' ? 'passed' : status === 'failed' ? 'failed' : 'skipped'] += 1;
    const [, reason] = /^NOT RUN: (.+)$/.exec(title) ?? [];
    if (reason !== undefined) lane.reason = reason;
  }
}

// The event store's real lane has no tests at all where it is not asked for.
const real = lanes.get(keyOf('event store', realEvents));
if (!process.env.CIOS_TEST_ESDB) {
  real.reason = 'CIOS_TEST_ESDB names none';
  real.skipped = 1;
}

const total = { passed: 0, failed: 0, skipped: 0 };
let missing = false;
const line = (store, adapter, text) => console.log(`${store.padEnd(18)} ${adapter.padEnd(50)} ${text}`);
line('store', 'adapter → what answered', 'passed  failed  skipped');
for (const { store, adapter, passed, failed, skipped, reason } of [...lanes.values(), others]) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
  const found = passed + failed + skipped > 0;
  missing ||= !found;
  const counts = [passed, failed, skipped].map((n, i) => String(n).padStart([6, 8, 9][i])).join('');
  line(
    store,
    adapter,
    !found ? 'NOT RUN: it has no tests' : passed + failed > 0 ? counts : `NOT RUN: ${reason}`,
  );
}
for (const [adapter, note] of Object.entries(notes)) console.log(`${adapter}: ${note}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(missing || total.failed > 0 ? 1 : (jest.status ?? 1));

// npm run soak [-- NAME…] [--rounds N]: the long versions of tests that try chance. Needs dist/ (npm run build).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** Name → `(options) => problems`; a soak without problems has held. */
const soaks = {
  stores: async ({ rounds, seed, folder }) => {
    const { killWriters } = await import('#libs/event-store/testing');
    const { problems, acknowledged, events } = await killWriters({
      folder,
      rounds,
      seed,
      report: (round, found) => {
        if ((round + 1) % 10 === 0)
          console.log(`  ${round + 1} kills, ${found.events} events, ${found.problems.length} problems`);
      },
    });
    console.log(`  ${rounds} kills: ${acknowledged} acknowledged commands, ${events} events`);
    return problems;
  },
  power: async ({ rounds, seed, folder }) => {
    const { cutPower, powerCutsNeed } = await import('#libs/event-store/testing');
    const missing = powerCutsNeed();
    if (missing) {
      console.log(`  NOT RUN: ${missing}`);
      return [];
    }
    const problems = [];
    for (const flushMs of [0, 2]) {
      const found = await cutPower({
        folder: join(folder, `flush-${flushMs}`),
        cuts: rounds,
        seed,
        flushMs,
        report: (cut) => {
          if ((cut + 1) % 50 === 0) console.log(`  ${cut + 1} cuts`);
        },
      });
      const { median, p99 } = found.loopDelay;
      console.log(
        `  ${flushMs} ms added to each flush: ${rounds} cuts in ${found.records} writes and flushes, ` +
          `${found.acknowledged} acknowledged commands looked for, ` +
          `event loop late by ${median} ms (median), ${p99} ms (p99)`,
      );
      problems.push(...found.problems);
      // A loop that waited for a flush would be late by as much.
      if (flushMs > 0 && !(median < flushMs))
        problems.push(`slow flushes hold up the event loop: ${median} ms`);
    }
    return problems;
  },
  crash: async ({ rounds, seed, folder }) => {
    const { crashRounds } = await import('../dist/apps/cios/src/testing/index.js');
    const main = new URL('../dist/apps/cios/src/main.js', import.meta.url).pathname;
    const { problems, effects, builds, edits } = await crashRounds({
      main,
      folder,
      rounds,
      seed,
      report: (round, found) => {
        if ((round + 1) % 10 === 0 || found.length > 0)
          console.log(`  ${round + 1} kills, ${found.length} problems in the last one`);
      },
    });
    console.log(`  ${rounds} kills: ${builds} builds, ${edits} edits, ${effects} effects`);
    return problems;
  },
};

const usage = `usage: npm run soak [-- ${Object.keys(soaks).join(' | ')} …] [--rounds N] [--seed N]`;
const { values, positionals } = asked();
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const names = positionals.length > 0 ? positionals : Object.keys(soaks);
const unknown = names.filter((name) => !(name in soaks));
if (unknown.length > 0) {
  console.error(`no soak is called ${unknown.join(', ')}; there are ${Object.keys(soaks).join(', ')}`);
  process.exit(2);
}

function asked() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        rounds: { type: 'string', default: '200' },
        seed: { type: 'string', default: String(Date.now() % 1e6) },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    console.error(`${error.message}\n${usage}`);
    process.exit(2);
  }
}

let failed = 0;
for (const name of names) {
  const folder = mkdtempSync(join(tmpdir(), `soak-${name}-`));
  console.log(`${name}: ${values.rounds} rounds, seed ${values.seed}`);
  const problems = await soaks[name]({ rounds: Number(values.rounds), seed: Number(values.seed), folder });
  for (const problem of problems.slice(0, 20)) console.log(`  ${problem}`);
  console.log(
    problems.length === 0
      ? `${name}: held`
      : `${name}: ${problems.length} problems; the data is kept in ${folder}`,
  );
  if (problems.length === 0) rmSync(folder, { recursive: true, force: true });
  else failed += 1;
}
process.exit(failed > 0 ? 1 : 0);

// npm run bench [-- NAME…]: runs bench/suites/NAME.mjs, or every suite of a group, or all. Needs dist/ (npm run build).
// A suite exports `run(report)`; each figure is one JSON line { bench, metric, value, unit, reference, ratio }:
// `reference` is the same work done by the simplest thing that could do it, in the same run on the same disk. A slow machine
// prints low figures; it never fails. What could not run has a `reason` instead.
import { existsSync, readdirSync } from 'node:fs';

const groups = { stores: ['append', 'replay', 'projection', 'subscription'] };

const folder = new URL('./suites/', import.meta.url);
const suites = readdirSync(folder)
  .filter((file) => file.endsWith('.mjs'))
  .map((file) => file.slice(0, -'.mjs'.length))
  .sort();
const wanted = process.argv.slice(2).flatMap((name) => groups[name] ?? [name]);
const unknown = wanted.filter((name) => !suites.includes(name));
if (unknown.length > 0) {
  const known = [...Object.keys(groups), ...suites].join(', ');
  console.error(`no benchmark is called ${unknown.join(', ')}; there are ${known}`);
  process.exit(2);
}

if (!existsSync(new URL('../dist/', import.meta.url))) {
  console.error('there is no dist/: npm run build comes first');
  process.exit(2);
}

for (const name of wanted.length > 0 ? wanted : suites) {
  try {
    const { run } = await import(new URL(`${name}.mjs`, folder));
    await run(({ metric, value, unit, reference, ratio, reason }) => {
      const figures = { value: round(value), unit, reference: round(reference), ratio: round(ratio), reason };
      console.log(JSON.stringify({ bench: name, metric, ...figures }));
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.log(JSON.stringify({ bench: name, metric: 'NOT RUN', reason }));
  }
}

function round(value) {
  return value === undefined ? undefined : Number(value.toPrecision(4));
}

// Runs the conformance corpus of HCL and cty (test data under the MPL and MIT licences, read where it lies, never copied)
// against the built engine. Usage: npm run conformance [-- --corpus DIR] [--dist DIR] [--verbose] [file …]
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { known } from './conformance/known.mjs';
import { runners } from './conformance/runners.mjs';

const args = process.argv.slice(2);
const option = (name, fallback) => {
  const at = args.indexOf(name);
  return at < 0 ? fallback : args.splice(at, 2)[1];
};
const flag = (name) => {
  const at = args.indexOf(name);
  if (at >= 0) args.splice(at, 1);
  return at >= 0;
};
const corpus = resolve(option('--corpus', '../shared/conformance/hcl'));
const dist = resolve(option('--dist', 'dist'));
const verbose = flag('--verbose');

if (!existsSync(corpus)) {
  console.log(`conformance: NOT RUN, there is no corpus at ${corpus}`);
  process.exit(0);
}
const load = (path) => import(pathToFileURL(resolve(dist, path)).href);
const hcl = await load('libs/hcl/index.js');
const batch = await load('libs/hcl/batch/index.js');
const internal = await load('libs/hcl/testing/index.js');
const table = await load('libs/hcl/functions/index.js');
const { nodeFunctions: host } = await load('libs/hcl/host/index.js');

let failures = 0;
const rows = [];
for (const [name, run] of Object.entries(runners)) {
  if (args.length > 0 && !args.some((a) => name.includes(a))) continue;
  const data = JSON.parse(readFileSync(`${corpus}/${name}.json`, 'utf8'));
  const result = { name, passed: 0, failed: [], known: [], skipped: new Map(), quality: [0, 0] };
  const judge = run({ hcl, batch, internal, table, host, data });
  data.cases.forEach((testCase, i) => {
    let verdict;
    try {
      verdict = judge(testCase);
    } catch (error) {
      verdict = { fail: `threw ${verbose ? error.stack : error}` };
    }
    if (verdict?.skip) result.skipped.set(verdict.skip, (result.skipped.get(verdict.skip) ?? 0) + 1);
    else if (verdict?.fail && known[name]?.[testCase.expr])
      result.known.push([testCase.expr, known[name][testCase.expr]]);
    else if (verdict?.fail) result.failed.push([i, testCase, verdict.fail]);
    else result.passed++;
    if (verdict?.quality !== undefined) {
      result.quality[1]++;
      if (verdict.quality === true) result.quality[0]++;
      else if (verbose)
        console.log(
          `  ~ ${name}[${i}] ${JSON.stringify(testCase.expr ?? testCase.input ?? testCase.name)} ${verdict.quality}`,
        );
    }
  });
  rows.push(result);
  failures += result.failed.length;
}
for (const { name, failed, known: meant, skipped } of rows) {
  for (const [expr, why] of meant) console.log(`≠ ${name}: ${expr}, ${why}`);
  for (const [i, testCase, why] of failed.slice(0, verbose ? Infinity : 8))
    console.log(
      `✗ ${name}[${i}] ${JSON.stringify(testCase.expr ?? testCase.input ?? testCase.Source ?? testCase.name ?? testCase).slice(0, 160)}\n    ${String(why).slice(0, verbose ? 2000 : 500)}`,
    );
  for (const [reason, count] of skipped) console.log(`- ${name}: ${count} skipped, ${reason}`);
}
console.log('');
for (const { name, passed, failed, known: meant, skipped, quality } of rows) {
  const skips = [...skipped.values()].reduce((a, b) => a + b, 0);
  const told = quality[1] > 0 ? `  diagnostics as the reference says them: ${quality[0]}/${quality[1]}` : '';
  console.log(
    `${name.padEnd(24)} passed ${String(passed).padStart(5)}  failed ${String(failed.length + meant.length).padStart(4)}  skipped ${String(skips).padStart(4)}${told}`,
  );
}
process.exit(failures > 0 ? 1 : 0);

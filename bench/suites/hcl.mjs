// The language: parsing 200-line files to trees with ranges and references, 5,000 files from cold, and the commonest loop
// over region data, against what others do in the same run. For rates and speed-ups a larger ratio is better, for times and
// memory a smaller: those of the 5,000 files are against reading them and keeping their texts. Peers: bench/README.md.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { fromJs, makeObject, parseConfig, parseExpression, Reads, Scope, tracked } from '#libs/hcl';

const peers = new URL('../peers/', import.meta.url);

/** A file of 200 lines, another for each number. */
function file(n) {
  const blocks = Array.from(
    { length: 20 },
    (_, i) => `resource "infrastructure_component" "c${n}_${i}" {
  kind  = "vm"
  count = length(local.regions)
  name  = "c${n}-\${local.region.name}-${i}"
  tags = {
    Name  = "x${n}"
    owner = local.owners[${i}].name
  }
  depends_on = [resource.a.b, data.capability.dns]
}
`,
  );
  return blocks.join('');
}

function compileFile(text, i) {
  let references = 0;
  const { body } = parseConfig(text, `f${i}.hcl`);
  for (const block of body.blocks) {
    references += block.range.end.line;
    for (const attribute of block.body.attributes.values())
      references += attribute.expression.variables().length;
  }
  return { body, references };
}

/** Best of several passes, in ms. */
function best(passes, work) {
  let least = Infinity;
  for (let i = 0; i < passes; i++) {
    const began = performance.now();
    work();
    least = Math.min(least, performance.now() - began);
  }
  return least;
}

export async function run(report) {
  const texts = Array.from({ length: 200 }, (_, n) => file(n));
  const began = performance.now();
  texts.forEach(compileFile);
  const cold = performance.now() - began;
  const warm = best(10, () => texts.forEach(compileFile));
  await againstJson(report, texts, cold, warm);
  againstGo(report, texts, warm);
  fromCold(report);
  loop(report);
}

async function againstJson(report, texts, cold, warm) {
  let parse;
  try {
    ({ parse } = createRequire(peers)('@cdktf/hcl2json'));
  } catch {
    report({
      metric: 'parse, warm (no peer: NOT RUN)',
      value: (texts.length / warm) * 1000,
      unit: 'files/s',
    });
    return;
  }
  const pass = async (count) => {
    const began = performance.now();
    for (const text of texts.slice(0, count)) await parse('x.tf', text);
    return ((performance.now() - began) / count) * texts.length;
  };
  const peerCold = await pass(20);
  const peerWarm = await pass(100);
  const rate = (ms) => (texts.length / ms) * 1000;
  report({
    metric: 'parse, cold',
    value: rate(cold),
    unit: 'files/s',
    reference: rate(peerCold),
    ratio: peerCold / cold,
  });
  report({
    metric: 'parse, warm',
    value: rate(warm),
    unit: 'files/s',
    reference: rate(peerWarm),
    ratio: peerWarm / warm,
  });
}

function againstGo(report, texts, warm) {
  const program = join(tmpdir(), 'cios-bench-hcl-go');
  const built = spawnSync('go', ['build', '-mod=mod', '-o', program, '.'], {
    cwd: new URL('hcl-go/', peers),
    timeout: 120_000,
  });
  const ran =
    built.status === 0 ? spawnSync(program, { input: JSON.stringify(texts), encoding: 'utf8' }) : undefined;
  if (ran?.status !== 0) {
    report({ metric: 'parse, against the reference in Go (NOT RUN)', value: undefined, unit: 'files/s' });
    return;
  }
  const reference = Number(ran.stdout.split(' ')[0]) / 1e6;
  const rate = (ms) => (texts.length / ms) * 1000;
  report({
    metric: 'parse, against the reference in Go',
    value: rate(warm),
    unit: 'files/s',
    reference: rate(reference),
    ratio: reference / warm,
  });
}

function fromCold(report) {
  const folder = mkdtempSync(join(tmpdir(), 'cios-bench-hcl-'));
  try {
    for (let n = 0; n < 5000; n++) writeFileSync(join(folder, `${n}.hcl`), file(n));
    const program = fileURLToPath(new URL('../support/compile-cold.mjs', import.meta.url));
    const measure = (what) => JSON.parse(execFileSync(process.execPath, [program, what, folder, '5000']));
    measure('bare');
    const bare = measure('bare');
    const compiled = measure('compile');
    const lane = (what, unit, of) => {
      const [value, reference] = [of(compiled), of(bare)];
      report({
        metric: `5,000 files, two threads: ${what}`,
        value,
        unit,
        reference,
        ratio: value / reference,
      });
    };
    lane('from cold to evaluated once', 'ms', ({ ms }) => ms);
    lane('kept after a collection', 'MiB', ({ heap }) => heap / 2 ** 20);
    lane('most that the process took', 'MiB', ({ resident }) => resident / 2 ** 20);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function loop(report) {
  const regions = Array.from({ length: 200 }, (_, i) => ({
    name: `region-${i}`,
    realm: `realm${i % 3}`,
    state: ['Building', 'Production', 'Paused'][i % 3],
    ...Object.fromEntries(Array.from({ length: 17 }, (_, k) => [`attribute${k}`, `value ${k}`])),
  }));
  const { expression } = parseExpression('[for r in local.all_regions : r if r.state == "Building"]', 'x');
  const reads = new Reads();
  const scope = (data, more) =>
    new Scope({ variables: { local: makeObject({ all_regions: data }) }, ...more });
  const plain = scope(fromJs(regions));
  const recording = scope(tracked(fromJs(regions), 'local.all_regions'), { reads });
  let kept = 0;
  const many = (work) =>
    best(9, () => {
      for (let i = 0; i < 3000; i++) kept += work();
    }) / 3;
  const evaluate = (s) => () => expression.evaluate(s).value.items.length;
  const byHand = () => {
    const out = [];
    for (const r of regions) if (r.state === 'Building') out.push(r);
    return out.length;
  };
  const hand = many(byHand);
  for (const [metric, given] of [
    ['loop over 200 regions', plain],
    ['loop over 200 regions, recording reads', recording],
  ]) {
    const took = many(evaluate(given));
    report({ metric, value: took, unit: 'µs', reference: hand, ratio: took / hand });
  }
  if (kept === 0) throw new Error('the loop found nothing');
}

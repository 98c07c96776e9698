// Compiles the files of a folder from cold in a process of its own, half of them in each of two threads, and prints
// { ms, heap, resident }: until all are parsed, their references known and each expression evaluated once (closures are made then,
// and kept from the second evaluation on); what of it stays after a collection, and the most that the process took, both in bytes.
// `bare` does what no compiler can leave out: it reads the files, decodes them and looks for their lines, and keeps the texts.
// node compile-cold.mjs compile|bare FOLDER COUNT
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const threads = 2;

if (isMainThread) {
  const [, , what, folder, count] = process.argv;
  const began = performance.now();
  const halves = await Promise.all(
    Array.from({ length: threads }, (_, first) => {
      const worker = new Worker(new URL(import.meta.url), {
        workerData: { what, folder, first, count: Number(count) },
        resourceLimits: { maxOldGenerationSizeMb: 4096 },
      });
      return new Promise((resolve, reject) => {
        worker.once('error', reject);
        worker.once('message', () => {
          const ms = performance.now() - began;
          const resident = process.resourceUsage().maxRSS * 1024;
          worker.once('message', (heap) => resolve({ ms, resident, heap }));
        });
      });
    }),
  );
  console.log(
    JSON.stringify({
      ms: Math.max(...halves.map(({ ms }) => ms)),
      resident: Math.max(...halves.map(({ resident }) => resident)),
      heap: halves.reduce((sum, { heap }) => sum + heap, 0),
    }),
  );
} else {
  const { what, folder, first, count } = workerData;
  const work = what === 'bare' ? lines : await compiler();
  const kept = [];
  for (let n = first; n < count; n += threads) kept.push(work(readFileSync(join(folder, `${n}.hcl`)), n));
  parentPort.postMessage('done');
  parentPort.postMessage(liveHeap() - liveHeapWithout(kept));
}

function liveHeap() {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}

function liveHeapWithout(kept) {
  if (kept.length === 0 || kept.includes(undefined)) throw new Error('nothing was kept');
  kept.length = 0;
  return liveHeap();
}

function lines(bytes) {
  const text = bytes.toString('utf8');
  let found = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) found++;
  return { text, found };
}

async function compiler() {
  const { DYNAMIC, fromJs, NUMBER, parseConfig, Scope, UNKNOWN } = await import('#libs/hcl');
  const length = {
    name: 'length',
    params: [{ name: 'value', type: DYNAMIC }],
    returnType: NUMBER,
    call: ([value]) => value.items.length,
  };
  const names = Array.from({ length: 20 }, (_, i) => ({ name: `n${i}` }));
  const scope = new Scope({
    variables: {
      local: fromJs({ regions: names, region: names[0], owners: names }),
      resource: UNKNOWN,
      data: UNKNOWN,
    },
    functions: new Map([['length', length]]),
  });
  return (bytes, n) => {
    const { body } = parseConfig(bytes, `${n}.hcl`);
    let references = 0;
    for (const block of body.blocks)
      for (const { expression } of block.body.attributes.values()) {
        references += expression.variables().length;
        if (expression.evaluate(scope).diagnostics.length > 0) throw new Error(`file ${n} has a fault`);
      }
    return { body, references };
  };
}

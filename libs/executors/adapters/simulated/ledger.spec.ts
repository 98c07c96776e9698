import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { thisProcess } from '#libs/read-store/lease';
import { type Effect, Ledger } from './ledger.js';

const folder = mkdtempSync(join(tmpdir(), 'cios-ledger-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const effect = (key: string, by = 'this'): Effect => ({
  key,
  region: 'one',
  environment: 'target',
  flock: 'dns',
  target: 't',
  address: key,
  action: 'create',
  digest: 'd',
  attributes: {},
  outputs: { by },
});
const linesOf = (path: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Effect);

/** A process that records the effects `k0` to `k<n - 1>`, two at a time, and says when it has begun. */
function recording(path: string, name: string, n: number) {
  const code = `
    import { Ledger } from ${JSON.stringify(new URL('./ledger.ts', import.meta.url).href)};
    const ledger = await Ledger.open(${JSON.stringify(path)});
    const effect = ${JSON.stringify(effect('', name))};
    for (let i = 0; i < ${n}; i += 2) {
      await Promise.all([i, i + 1].map((k) => ledger.record({ ...effect, key: 'k' + k, address: 'k' + k })));
      if (i === 0) console.log('begun');
    }
    await ledger.close();
  `;
  const child = spawn(
    process.execPath,
    [
      '--conditions',
      'cios-source',
      '--import',
      './scripts/typescript.mjs',
      '--input-type=module',
      '-e',
      code,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const begun = new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
  const ended = new Promise<string>((resolve) =>
    child.once('exit', (status, signal) => {
      resolve(status === 0 || signal === 'SIGKILL' ? 'well' : said);
    }),
  );
  return { child, begun, ended };
}

describe('the ledger of a world', () => {
  it('has one line for each effect where several processes act on it, one of them killed', async () => {
    const path = join(folder, 'shared.jsonl');
    const processes = ['a', 'b', 'c'].map((name) => recording(path, name, 200));
    await processes[0]!.begun;
    processes[0]!.child.kill('SIGKILL');
    expect(await Promise.all(processes.map(({ ended }) => ended))).toEqual(['well', 'well', 'well']);
    const keys = linesOf(path).map(({ key }) => key);
    expect(keys).toHaveLength(200);
    expect(new Set(keys).size).toBe(200);
  }, 60_000);

  it('answers with the effect that another recorded under the key', async () => {
    const path = join(folder, 'first.jsonl');
    const [first, second] = [await Ledger.open(path), await Ledger.open(path)];
    const recorded = await Promise.all([first.record(effect('k', 'one')), second.record(effect('k', 'two'))]);
    expect(recorded[0]).toEqual(recorded[1]);
    expect(linesOf(path)).toHaveLength(1);
    await Promise.all([first.close(), second.close()]);
  });

  it('cuts off a torn line before it writes, and breaks the lock of a process that is gone', async () => {
    const path = join(folder, 'torn.jsonl');
    const before = await Ledger.open(path);
    await before.record(effect('k1'));
    await before.close();
    appendFileSync(path, '{"key":"half');
    // Its owner's number belongs to nobody: what a process leaves that was killed while it wrote.
    writeFileSync(`${path}.lock`, JSON.stringify({ ...thisProcess(), pid: 2 ** 22 + 1, started: '1' }));
    const ledger = await Ledger.open(path);
    expect(ledger.size).toBe(1);
    await ledger.record(effect('k2'));
    await ledger.close();
    expect(linesOf(path).map(({ key }) => key)).toEqual(['k1', 'k2']);
  });
});

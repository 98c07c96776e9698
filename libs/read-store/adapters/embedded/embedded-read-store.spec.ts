import { afterAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readStoreContract } from '../../testing/read-store.contract.js';
import { fullRows } from '../../testing/full-rows.js';
import { EmbeddedReadStore } from './embedded-read-store.js';

const folders: string[] = [];
const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'cios-read-'));
  folders.push(path);
  return path;
};
const mapSizeBytes = 2 ** 30;

afterAll(() => {
  for (const path of folders) rmSync(path, { recursive: true, force: true });
});

readStoreContract('embedded (lmdb)', async () => new EmbeddedReadStore(folder(), { mapSizeBytes }));

describe('the embedded read store', () => {
  it('is there again after it was closed', async () => {
    const path = folder();
    const spec = { name: 'r', version: 1, indexes: { byName: ['name'] } };
    const first = new EmbeddedReadStore(path, { mapSizeBytes });
    await first.commit({
      writes: [{ collection: spec, key: 'a', position: 3n, row: { name: 'x' } }],
      checkpoint: { name: 'c', position: 3n, expected: null },
    });
    const version = (await first.checkpoint('c'))!.version;
    await first.close();
    const second = new EmbeddedReadStore(path, { mapSizeBytes });
    expect((await second.list(spec, { index: 'byName', equals: ['x'] })).rows).toHaveLength(1);
    expect(await second.checkpoint('c')).toEqual({ position: 3n, version });
    await second.close();
  });

  it('is written by several processes at once, and no update is lost', async () => {
    const path = folder();
    const loader = new URL('../../../../scripts/typescript.mjs', import.meta.url).href;
    const program = fileURLToPath(new URL('../../testing/count-up.ts', import.meta.url));
    const codes = await Promise.all(
      [1, 2, 3].map(async () => {
        const flags = ['--conditions', 'cios-source', '--import', loader];
        const child = spawn(process.execPath, [...flags, program, path, '50'], { stdio: 'inherit' });
        const [code] = (await once(child, 'exit')) as [number | null];
        return code;
      }),
    );
    expect(codes).toEqual([0, 0, 0]);
    const store = new EmbeddedReadStore(join(path, 'read'), { mapSizeBytes });
    expect((await store.getDocument('count'))?.value).toBe(150);
    expect((await store.checkpoint('tally'))?.position).toBe(150n);
    const tally = { name: 'tally', version: 1, indexes: { byTotal: ['total'] } };
    expect((await store.list(tally, { index: 'byTotal' })).rows).toEqual([
      { key: 'all', position: 150n, row: { total: 150 } },
    ]);
    await store.close();
  });

  it('refuses a batch for which the disk has no room, whole, and goes on', async () => {
    const path = folder();
    const loader = new URL('../../../../scripts/typescript.mjs', import.meta.url).href;
    const program = fileURLToPath(new URL('../../testing/fill-up.ts', import.meta.url));
    const command = `ulimit -f 2048; exec "$0" --conditions cios-source --import "$1" "$2" "$3"`;
    const child = spawn('bash', ['-c', command, process.execPath, loader, program, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    expect(await once(child, 'close')).toEqual([0, null]);
    const [, refusedAt] = /^FULL (\d+) /m.exec(said) ?? [];
    const [, last] = /^DONE (\d+)$/m.exec(said) ?? [];
    expect(said).not.toMatch(/WRONG/);
    expect(Number(refusedAt)).toBeGreaterThan(2);
    expect(Number(last)).toBe(Number(refusedAt) - 1 + 10);

    const store = new EmbeddedReadStore(join(path, 'read'), { mapSizeBytes });
    expect((await store.checkpoint('c'))?.position).toBe(BigInt(last!));
    const { rows } = await store.list<{ at: number }>(fullRows, { limit: 100_000 });
    const whole = Number(refusedAt) - 1;
    expect(rows).toHaveLength(whole * 100);
    expect(new Set(rows.map((row) => row.row.at))).toEqual(new Set([whole, Number(last)]));
    const indexed = await store.list(fullRows, { index: 'byAt', equals: [whole], limit: 100_000 });
    expect(indexed.rows).toHaveLength(whole * 100 - 1);
    await store.close();
  });
});

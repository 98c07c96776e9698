import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStoreContract } from '../../testing/read-store.contract.js';
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
});

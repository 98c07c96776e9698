import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { blobStoreContract, bytesOf } from '../../testing/blob-store.contract.js';
import { FolderBlobStore } from './index.js';

const root = mkdtempSync(join(tmpdir(), 'blobs-'));
let folders = 0;
const folder = () => join(root, String((folders += 1)));
afterAll(() => rmSync(root, { recursive: true, force: true }));

blobStoreContract('folder', () => FolderBlobStore.open(folder()));

it('says so where a file no longer matches its digest', async () => {
  const path = folder();
  const store = await FolderBlobStore.open(path);
  const digest = await store.put(Buffer.from('truth'));
  writeFileSync(join(path, digest.slice(0, 2), digest), 'lies!');
  await expect(store.get(digest)).rejects.toMatchObject({ name: 'BlobCorrupted' });
  await expect(bytesOf((await store.getStream(digest))!)).rejects.toMatchObject({ name: 'BlobCorrupted' });
});

it('removes drafts of processes that are gone, and leaves those of living ones', async () => {
  const path = folder();
  await FolderBlobStore.open(path);
  const drafts = join(path, 'drafts');
  writeFileSync(join(drafts, '999999999.1'), 'half');
  writeFileSync(join(drafts, `${process.ppid}.1`), 'half');
  const store = await FolderBlobStore.open(path);
  expect(readdirSync(drafts)).toEqual([`${process.ppid}.1`]);
  await expect(
    store.putStream(
      (async function* () {
        yield Buffer.alloc(10);
      })(),
      { limit: 1 },
    ),
  ).rejects.toThrow();
  expect(readdirSync(drafts)).toEqual([`${process.ppid}.1`]);
  expect(existsSync(join(path, 'drafts'))).toBe(true);
});

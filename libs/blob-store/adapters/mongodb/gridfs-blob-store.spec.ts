import { afterAll, describe, expect, it } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { someMongodb } from '#libs/read-store/adapters/mongodb/testing';
import { blobStoreContract, bytesOf } from '../../testing/blob-store.contract.js';
import { GridFsBlobStore } from './index.js';

const lane = await someMongodb();
let databases = 0;

it('says so when no server answers', async () => {
  await expect(
    GridFsBlobStore.open('mongodb://127.0.0.1:9/none?directConnection=true', { serverSelectionMs: 200 }),
  ).rejects.toMatchObject({ name: 'StoreUnavailable' });
});

if ('notRun' in lane) {
  describe('blob store: mongodb', () => {
    it.skip(`NOT RUN: ${lane.notRun}`, () => undefined);
  });
} else {
  afterAll(() => lane.stop());
  const nextUrl = () => lane.urlOf(`blobs_${process.pid}_${(databases += 1)}`);

  blobStoreContract(`mongodb (GridFS), answered by ${lane.name}`, () => GridFsBlobStore.open(nextUrl()));

  describe(`GridFS, answered by ${lane.name}`, () => {
    it('keeps what is larger than one chunk, and shows it to every process', async () => {
      const url = nextUrl();
      const [writer, reader] = [await GridFsBlobStore.open(url), await GridFsBlobStore.open(url)];
      const bytes = Buffer.alloc(700_000, 'flock');
      const digest = await writer.put(bytes);
      expect(Buffer.from((await reader.get(digest))!).equals(bytes)).toBe(true);
      expect((await bytesOf((await reader.getStream(digest))!)).equals(bytes)).toBe(true);
      await writer.close();
      await reader.close();
    });

    it('says so where bytes no longer match their digest', async () => {
      const url = nextUrl();
      const store = await GridFsBlobStore.open(url);
      const digest = await store.put(Buffer.from('truth'));
      const client = await MongoClient.connect(url);
      const chunks = client.db().collection('blobs.chunks');
      const chunk = await chunks.findOne({});
      await chunks.replaceOne({ _id: chunk!._id }, { ...chunk, data: Buffer.from('lies!') });
      await client.close();
      await expect(store.get(digest)).rejects.toMatchObject({ name: 'BlobCorrupted' });
      await expect(bytesOf((await store.getStream(digest))!)).rejects.toMatchObject({
        name: 'BlobCorrupted',
      });
      await store.close();
    });
  });
}

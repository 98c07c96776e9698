import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sha256 } from '#libs/kernel';
import { type BlobStore } from '../blob-store.js';

async function* streamOf(...parts: readonly string[]): AsyncIterable<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}

export async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

/** The promises of `BlobStore`, run by every adapter. `name` says what answers. */
export function blobStoreContract(name: string, factory: () => Promise<BlobStore>): void {
  describe(`blob store: ${name}`, () => {
    let store: BlobStore;
    beforeEach(async () => {
      store = await factory();
    });
    afterEach(() => store.close());

    const digests = async () => {
      const list: string[] = [];
      for await (const digest of store.list()) list.push(digest);
      return list;
    };

    it('names bytes by their SHA-256 and gives them back', async () => {
      const bytes = Buffer.from('flock "dns" {}');
      const digest = await store.put(bytes);
      expect(digest).toBe(sha256(bytes));
      expect(Buffer.from((await store.get(digest))!)).toEqual(bytes);
      expect(await bytesOf((await store.getStream(digest))!)).toEqual(bytes);
      expect(await store.has(digest)).toBe(true);
    });

    it('stores the same bytes once, also when put at the same time', async () => {
      const put = await Promise.all(Array.from({ length: 8 }, () => store.put(Buffer.from('same'))));
      expect(new Set(put).size).toBe(1);
      expect(await digests()).toEqual([put[0]]);
    });

    it('does not change when the caller changes its buffer', async () => {
      const bytes = Buffer.from('before');
      const digest = await store.put(bytes);
      bytes.write('AFTER!');
      expect(Buffer.from((await store.get(digest))!).toString()).toBe('before');
    });

    it('knows nothing by a digest that was never put, nor by a name that is none', async () => {
      const unknown = sha256('unknown');
      for (const digest of [unknown, '../../etc/passwd', '', unknown.toUpperCase()]) {
        expect(await store.get(digest)).toBeNull();
        expect(await store.getStream(digest)).toBeNull();
        expect(await store.has(digest)).toBe(false);
        await expect(store.getJson(digest)).rejects.toMatchObject({ name: 'BlobMissing' });
      }
    });

    it('takes streams up to a limit, and keeps nothing of a longer one or of one that fails', async () => {
      const kept = await store.putStream(streamOf('one ', 'two'), { limit: 7 });
      expect(kept).toEqual({ digest: sha256('one two'), bytes: 7 });
      await expect(store.putStream(streamOf('one ', 'two!'), { limit: 7 })).rejects.toMatchObject({
        name: 'BlobTooLarge',
      });
      const broken = async function* () {
        yield Buffer.from('one');
        throw new Error('the line went dead');
      };
      await expect(store.putStream(broken())).rejects.toThrow('the line went dead');
      expect(await digests()).toEqual([kept.digest]);
    });

    it('takes an empty blob', async () => {
      expect(await store.putStream(streamOf())).toEqual({ digest: sha256(''), bytes: 0 });
      expect(await store.get(await store.put(new Uint8Array()))).toHaveLength(0);
    });

    it('writes JSON canonically', async () => {
      const digest = await store.putJson({ b: [1, 'ü'], a: null });
      expect(digest).toBe(await store.putJson({ a: null, b: [1, 'ü'] }));
      expect(await store.getJson(digest)).toEqual({ a: null, b: [1, 'ü'] });
    });

    it('lists digests in order', async () => {
      const put = [];
      for (const text of ['a', 'b', 'c', 'd']) put.push(await store.put(Buffer.from(text)));
      expect(await digests()).toEqual(put.sort());
    });
  });
}

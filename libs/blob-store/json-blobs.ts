import { canonicalJson } from '#libs/kernel';
import { BlobMissing, BlobStore } from './blob-store.js';

/** What every adapter does alike: JSON on top of bytes. */
export abstract class JsonBlobs extends BlobStore {
  async putJson(value: unknown): Promise<string> {
    return this.put(Buffer.from(canonicalJson(value)));
  }

  /** Rejects with `BlobMissing` where the digest is unknown. */
  async getJson(digest: string): Promise<unknown> {
    const bytes = await this.get(digest);
    if (!bytes) throw new BlobMissing(`no blob ${digest}`);
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  }
}

/** What a blob is named by: 64 lower-case hex digits, and nothing else ever becomes part of a path. */
export function isDigest(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

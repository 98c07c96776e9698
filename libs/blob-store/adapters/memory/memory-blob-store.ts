import { sha256 } from '#libs/kernel';
import { BlobTooLarge } from '../../blob-store.js';
import { JsonBlobs } from '../../json-blobs.js';

/** Blobs in memory: every promise of the port but surviving the process. For tests. */
export class MemoryBlobStore extends JsonBlobs {
  readonly #blobs = new Map<string, Uint8Array>();

  async put(bytes: Uint8Array): Promise<string> {
    const digest = sha256(bytes);
    if (!this.#blobs.has(digest)) this.#blobs.set(digest, Uint8Array.from(bytes));
    return digest;
  }

  async putStream(
    chunks: AsyncIterable<Uint8Array>,
    { limit = Infinity }: { readonly limit?: number } = {},
  ): Promise<{ readonly digest: string; readonly bytes: number }> {
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of chunks) {
      size += chunk.byteLength;
      if (size > limit) throw new BlobTooLarge(`more than ${limit} bytes`);
      parts.push(Uint8Array.from(chunk));
    }
    return { digest: await this.put(Buffer.concat(parts)), bytes: size };
  }

  async get(digest: string): Promise<Uint8Array | null> {
    const bytes = this.#blobs.get(digest);
    return bytes ? Uint8Array.from(bytes) : null;
  }

  async getStream(digest: string): Promise<AsyncIterable<Uint8Array> | null> {
    const bytes = await this.get(digest);
    return bytes && once(bytes);
  }

  async has(digest: string): Promise<boolean> {
    return this.#blobs.has(digest);
  }

  async *list(): AsyncIterable<string> {
    yield* [...this.#blobs.keys()].sort();
  }

  async close(): Promise<void> {
    // Nothing is held outside the process.
  }
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

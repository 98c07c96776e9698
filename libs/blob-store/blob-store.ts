/**
 * Content-addressed bytes: flock configs, artifacts, compiled results, graphs, plans. A digest is the SHA-256 of the bytes in
 * hex. `put` returns only when the bytes are durable, so an event may name the digest; putting the same bytes twice is free.
 */
export abstract class BlobStore {
  abstract put(bytes: Uint8Array): Promise<string>;
  /** Streams; `limit` in bytes, beyond which it rejects with `BlobTooLarge` and keeps nothing. */
  abstract putStream(
    chunks: AsyncIterable<Uint8Array>,
    options?: { readonly limit?: number },
  ): Promise<{ readonly digest: string; readonly bytes: number }>;
  /** Null where unknown. Rejects with `BlobCorrupted` where the bytes no longer match the digest. */
  abstract get(digest: string): Promise<Uint8Array | null>;
  abstract getStream(digest: string): Promise<AsyncIterable<Uint8Array> | null>;
  abstract has(digest: string): Promise<boolean>;
  /** Canonical JSON in and out. */
  abstract putJson(value: unknown): Promise<string>;
  abstract getJson(digest: string): Promise<unknown>;
  abstract list(): AsyncIterable<string>;
  abstract close(): Promise<void>;
}

export class BlobTooLarge extends Error {
  override readonly name = 'BlobTooLarge';
}

export class BlobCorrupted extends Error {
  override readonly name = 'BlobCorrupted';
}

export class BlobMissing extends Error {
  override readonly name = 'BlobMissing';
}

import { type BlobStore } from '#libs/blob-store';

/** The blobs read last, as JSON. A digest's content never changes, so nothing ever has to be forgotten but for room. */
export class BlobCache {
  private readonly blobs = new Map<string, unknown>();

  constructor(
    private readonly store: BlobStore | undefined,
    private readonly capacity = 32,
  ) {}

  /** Rejects with what the store says where one is missing. */
  async getAll(digests: readonly string[]): Promise<ReadonlyMap<string, unknown>> {
    return new Map(
      await Promise.all(digests.map(async (digest) => [digest, await this.get(digest)] as const)),
    );
  }

  private async get(digest: string): Promise<unknown> {
    if (this.store === undefined) throw new Error('a saga that reads blobs needs a blob store');
    const blob = this.blobs.has(digest) ? this.blobs.get(digest) : await this.store.getJson(digest);
    this.blobs.delete(digest);
    this.blobs.set(digest, blob);
    if (this.blobs.size > this.capacity) this.blobs.delete(this.blobs.keys().next().value!);
    return blob;
  }
}

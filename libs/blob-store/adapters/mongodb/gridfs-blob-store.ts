import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import {
  type Db,
  GridFSBucket,
  MongoClient,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoServerSelectionError,
  type ObjectId,
} from 'mongodb';
import { StoreUnavailable } from '#libs/event-store';
import { sha256 } from '#libs/kernel';
import { BlobCorrupted, BlobTooLarge } from '../../blob-store.js';
import { isDigest, JsonBlobs } from '../../json-blobs.js';

export interface GridFsOptions {
  /** Milliseconds until a call fails for want of a server; default 5,000. */
  readonly serverSelectionMs?: number;
}

/** What a file is called until its digest is known. */
const draft = 'draft';

/**
 * Blobs in MongoDB's GridFS (bucket `blobs`), for apps that share no folder. A file is called by its digest; its chunks are written
 * first, the file last, by majority, so that a blob is there whole or not at all. Two who put the same bytes at once may write it
 * twice: both are right. What was cut off leaves a draft or chunks that nothing names.
 */
export class GridFsBlobStore extends JsonBlobs {
  private readonly bucket: GridFSBucket;

  private constructor(
    private readonly client: MongoClient,
    db: Db,
  ) {
    super();
    this.bucket = new GridFSBucket(db, { bucketName: 'blobs', writeConcern: { w: 'majority' } });
  }

  /** Connects to `mongodb://…` or `mongodb+srv://…`; the database is the URL's, else `cios`. Rejects with `StoreUnavailable`. */
  static async open(url: string, options: GridFsOptions = {}): Promise<GridFsBlobStore> {
    const client = new MongoClient(url, {
      retryWrites: true,
      readPreference: 'primary',
      maxPoolSize: 20,
      serverSelectionTimeoutMS: options.serverSelectionMs ?? 5_000,
      appName: 'cios-blobs',
    });
    const named = client.db();
    const store = new GridFsBlobStore(client, named.databaseName === 'test' ? client.db('cios') : named);
    try {
      await answering(() => client.connect());
    } catch (error) {
      await client.close();
      throw error;
    }
    return store;
  }

  async put(bytes: Uint8Array): Promise<string> {
    const own = Buffer.from(bytes);
    const digest = sha256(own);
    if (await this.has(digest)) return digest;
    await answering(() => pipeline([own], this.bucket.openUploadStream(digest)));
    return digest;
  }

  async putStream(
    chunks: AsyncIterable<Uint8Array>,
    { limit = Infinity }: { readonly limit?: number } = {},
  ): Promise<{ readonly digest: string; readonly bytes: number }> {
    const upload = this.bucket.openUploadStream(draft);
    const hash = createHash('sha256');
    let bytes = 0;
    const counted = async function* () {
      for await (const chunk of chunks) {
        bytes += chunk.byteLength;
        if (bytes > limit) throw new BlobTooLarge(`more than ${limit} bytes`);
        hash.update(chunk);
        yield chunk;
      }
    };
    try {
      await answering(() => pipeline(counted, upload));
    } catch (error) {
      await upload.abort().catch(() => undefined);
      throw error;
    }
    const digest = hash.digest('hex');
    if (await this.has(digest)) await this.bucket.delete(upload.id);
    else await this.bucket.rename(upload.id, digest);
    return { digest, bytes };
  }

  async get(digest: string): Promise<Uint8Array | null> {
    const id = await this.#find(digest);
    if (id === null) return null;
    const parts: Buffer[] = [];
    await answering(async () => {
      for await (const part of this.bucket.openDownloadStream(id)) parts.push(part as Buffer);
    });
    const bytes = Buffer.concat(parts);
    if (sha256(bytes) !== digest) throw corrupted(digest);
    return bytes;
  }

  /** Rejects with `BlobCorrupted` after the last chunk where the bytes do not match. */
  async getStream(digest: string): Promise<AsyncIterable<Uint8Array> | null> {
    const id = await this.#find(digest);
    return id === null ? null : checked(digest, this.bucket.openDownloadStream(id));
  }

  async has(digest: string): Promise<boolean> {
    return (await this.#find(digest)) !== null;
  }

  /** In the order of the digests. */
  async *list(): AsyncIterable<string> {
    let last: string | null = null;
    for await (const { filename } of this.bucket.find({}, { sort: { filename: 1 } })) {
      if (isDigest(filename) && filename !== last) yield filename;
      last = filename;
    }
  }

  async close(): Promise<void> {
    await this.client.close();
  }

  async #find(digest: string): Promise<ObjectId | null> {
    if (!isDigest(digest)) return null;
    const [file] = await answering(() => this.bucket.find({ filename: digest }, { limit: 1 }).toArray());
    return file?._id ?? null;
  }
}

async function answering<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (
      error instanceof MongoServerSelectionError ||
      error instanceof MongoNetworkError ||
      error instanceof MongoNotConnectedError
    )
      throw new StoreUnavailable(`MongoDB does not answer: ${error.message}`, { cause: error });
    throw error;
  }
}

async function* checked(digest: string, chunks: AsyncIterable<Buffer>): AsyncIterable<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
  if (hash.digest('hex') !== digest) throw corrupted(digest);
}

const corrupted = (digest: string): BlobCorrupted =>
  new BlobCorrupted(`blob ${digest} no longer matches its digest; restore it from a backup`);

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '#libs/kernel';
import { BlobCorrupted, BlobTooLarge } from '../../blob-store.js';
import { isDigest, JsonBlobs } from '../../json-blobs.js';

const DRAFTS = 'drafts';
const DRAFT_MAX_AGE_MS = 24 * 60 * 60 * 1000;

/** Drafts that this process is writing now, over all stores that it has open. */
const beingWritten = new Set<string>();
let drafts = 0;

/**
 * One file per blob, `<folder>/<first two digits>/<digest>`. A draft is written and flushed, renamed to its digest, and its folder
 * flushed, before `put` returns: a blob is there whole or not at all, also after a power cut. Several processes may share a folder.
 */
export class FolderBlobStore extends JsonBlobs {
  readonly #shards = new Set<string>();

  private constructor(private readonly folder: string) {
    super();
  }

  /** Makes the folder where it is missing, and removes drafts that a killed process left. */
  static async open(folder: string): Promise<FolderBlobStore> {
    const path = join(folder, DRAFTS);
    await mkdir(path, { recursive: true });
    for (const name of await readdir(path)) {
      if (await isAbandoned(path, name)) await rm(join(path, name), { force: true });
    }
    return new FolderBlobStore(folder);
  }

  async put(bytes: Uint8Array): Promise<string> {
    const digest = sha256(bytes);
    if (await this.has(digest)) {
      // Whoever wrote it may not have flushed the folder yet; a clean folder costs nothing.
      await flushFolder(join(this.folder, digest.slice(0, 2)));
      return digest;
    }
    await this.#draft(async (file) => {
      await file.writeFile(bytes);
      return { digest };
    });
    return digest;
  }

  async putStream(
    chunks: AsyncIterable<Uint8Array>,
    { limit = Infinity }: { readonly limit?: number } = {},
  ): Promise<{ readonly digest: string; readonly bytes: number }> {
    return this.#draft(async (file) => {
      const hash = createHash('sha256');
      let bytes = 0;
      for await (const chunk of chunks) {
        bytes += chunk.byteLength;
        if (bytes > limit) throw new BlobTooLarge(`more than ${limit} bytes`);
        hash.update(chunk);
        await file.writeFile(chunk);
      }
      return { digest: hash.digest('hex'), bytes };
    });
  }

  async get(digest: string): Promise<Uint8Array | null> {
    if (!isDigest(digest)) return null;
    const bytes = await readFile(this.#path(digest)).catch(absent);
    if (bytes && sha256(bytes) !== digest) throw corrupted(digest);
    return bytes;
  }

  /** Rejects with `BlobCorrupted` after the last chunk where the bytes do not match. */
  async getStream(digest: string): Promise<AsyncIterable<Uint8Array> | null> {
    return (await this.has(digest)) ? checked(digest, this.#path(digest)) : null;
  }

  async has(digest: string): Promise<boolean> {
    return isDigest(digest) && (await stat(this.#path(digest)).catch(absent)) !== null;
  }

  /** In the order of the digests. */
  async *list(): AsyncIterable<string> {
    for (const shard of (await readdir(this.folder)).sort()) {
      if (!/^[0-9a-f]{2}$/.test(shard)) continue;
      for (const name of (await readdir(join(this.folder, shard))).sort()) {
        if (isDigest(name)) yield name;
      }
    }
  }

  async close(): Promise<void> {
    // Every put has flushed what it wrote; nothing stays open.
  }

  #path(digest: string): string {
    return join(this.folder, digest.slice(0, 2), digest);
  }

  /** Nothing is left of a draft whose writing failed. */
  async #draft<T extends { readonly digest: string }>(write: (file: FileHandle) => Promise<T>): Promise<T> {
    const path = join(this.folder, DRAFTS, `${process.pid}.${(drafts += 1)}`);
    beingWritten.add(path);
    try {
      const file = await open(path, 'w');
      let written: T;
      try {
        written = await write(file);
        await file.datasync();
      } finally {
        await file.close();
      }
      const shard = await this.#shard(written.digest);
      await rename(path, this.#path(written.digest));
      await flushFolder(shard);
      return written;
    } finally {
      await rm(path, { force: true });
      beingWritten.delete(path);
    }
  }

  async #shard(digest: string): Promise<string> {
    const shard = join(this.folder, digest.slice(0, 2));
    if (!this.#shards.has(shard)) {
      await mkdir(shard, { recursive: true });
      await flushFolder(this.folder);
      this.#shards.add(shard);
    }
    return shard;
  }
}

async function* checked(digest: string, path: string): AsyncIterable<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    yield chunk;
  }
  if (hash.digest('hex') !== digest) throw corrupted(digest);
}

function corrupted(digest: string): BlobCorrupted {
  return new BlobCorrupted(`blob ${digest} no longer matches its digest; restore it from a backup`);
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** A draft of a process that is gone, of an earlier one that had this one's pid, or of one that hung for a day. */
async function isAbandoned(folder: string, name: string): Promise<boolean> {
  const path = join(folder, name);
  if (beingWritten.has(path)) return false;
  const pid = Number(name.split('.')[0]);
  if (!Number.isInteger(pid) || pid === process.pid || !isAlive(pid)) return true;
  const file = await stat(path).catch(absent);
  return file !== null && Date.now() - file.mtimeMs > DRAFT_MAX_AGE_MS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

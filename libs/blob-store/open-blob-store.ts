import { refuse, Refused } from '#libs/kernel';
import { type BlobStore } from './blob-store.js';

/** Opens `folder:<path>`, `mongodb://…` (GridFS) or `memory:`. Throws `Refused` (`blob-store/unknown-url`) on anything else. Adapters load on demand. */
export async function openBlobStore(url: string): Promise<BlobStore> {
  if (url === 'memory:') {
    const { MemoryBlobStore } = await import('./adapters/memory/index.js');
    return new MemoryBlobStore();
  }
  if (url.startsWith('folder:') && url.length > 'folder:'.length) {
    const { FolderBlobStore } = await import('./adapters/folder/index.js');
    return FolderBlobStore.open(url.slice('folder:'.length));
  }
  if (/^mongodb(\+srv)?:\/\//.test(url)) {
    const { GridFsBlobStore } = await import('./adapters/mongodb/index.js');
    return GridFsBlobStore.open(url);
  }
  throw new Refused(
    refuse('blob-store/unknown-url', `no blob store answers to ${JSON.stringify(url)}`, {
      fix: 'name one as folder:<path>, mongodb://… or memory:',
    }),
  );
}

import { join } from 'node:path';
import { type ReadStore } from './port/read-store.js';

/**
 * The read store that a URL names: `embedded:<folder>` (an LMDB environment in `<folder>/read`), `mongodb://…` (a replica set,
 * 4.4 or later) or `memory:`. Only the engine that is asked for is loaded. Throws a TypeError that lists the forms for any
 * other URL.
 */
export async function openReadStore(url: string): Promise<ReadStore> {
  if (url === 'memory:') {
    const { MemoryReadStore } = await import('./adapters/memory/index.js');
    return new MemoryReadStore();
  }
  if (url.startsWith('embedded:') && url.length > 'embedded:'.length) {
    const { EmbeddedReadStore } = await import('./adapters/embedded/index.js');
    return new EmbeddedReadStore(join(url.slice('embedded:'.length), 'read'));
  }
  if (/^mongodb(\+srv)?:\/\//.test(url)) {
    const { MongodbReadStore } = await import('./adapters/mongodb/index.js');
    return MongodbReadStore.open(url);
  }
  throw new TypeError(`no read store is named by ${url}: use embedded:<folder>, mongodb://… or memory:`);
}

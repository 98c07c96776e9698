import { blobStoreContract } from '../../testing/blob-store.contract.js';
import { MemoryBlobStore } from './index.js';

blobStoreContract('memory', async () => new MemoryBlobStore());

import { readStoreContract } from '../../testing/read-store.contract.js';
import { MemoryReadStore } from './memory-read-store.js';

readStoreContract('memory', async () => new MemoryReadStore());

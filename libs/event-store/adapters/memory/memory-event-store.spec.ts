import { eventStoreContract } from '../../testing/event-store.contract.js';
import { MemoryEventStore } from './index.js';

eventStoreContract('memory', async () => new MemoryEventStore());

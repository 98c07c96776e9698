import { writeSync } from 'node:fs';
import { openEmbeddedEventStore } from '../adapters/embedded/index.js';
import { StoreUnavailable } from '../port/event-store.js';
import { newEvents } from './events.js';

// Appends to FOLDER until the disk is full and, refused often enough, goes on until it is not. Whoever started it limits the size
// of its files. Prints `LARGE <why>`, `FULL <why>` once, and at its end the number of events stored and refused.
process.on('SIGXFSZ', () => undefined);
const store = await openEmbeddedEventStore({ folder: process.argv[2] ?? '' });
// More than the limit leaves: refused by the journal, where later the tree is what has no room.
const large = newEvents('large', 50, { data: { text: 'y'.repeat(18_000) } });
const appendLarge = () => store.append('large', large, { expected: 'absent' });
await appendLarge().catch((error: unknown) => {
  writeSync(1, `LARGE ${String(error)}\n`);
});
let stored = 0;
let refused = 0;
let after = 0;
for (let round = 0; after < 20 && round < 3000; round += 1) {
  const outcomes = await Promise.allSettled(
    Array.from({ length: 4 }, (_, k) => {
      const stream = `s-${round}-${k}`;
      const data = { text: 'x'.repeat(1000), [`shape${round % 600}`]: k };
      return store.append(stream, newEvents(stream, 2, { data }), { expected: 'absent' });
    }),
  );
  for (const outcome of outcomes) {
    if (outcome.status === 'fulfilled') {
      stored += 2;
      if (refused > 0) after += 1;
      continue;
    }
    const error: unknown = outcome.reason;
    if (!(error instanceof StoreUnavailable)) throw error;
    if (refused === 0) writeSync(1, `FULL ${error.message}\n`);
    refused += 2;
  }
  if (refused > 0) await new Promise((resolve) => setTimeout(resolve, 20));
}
if (!(await appendLarge()).repeated) stored += large.length;
await store.close();
writeSync(1, `DONE ${stored} ${refused}\n`);

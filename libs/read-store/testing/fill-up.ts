import { writeSync } from 'node:fs';
import { openReadStore } from '../open-read-store.js';
import { fullRows } from './full-rows.js';

// Commits batches to FOLDER until one is refused because files may not grow further, then ten small ones more. Prints
// `FULL <at> <why>` for the first refused position and `DONE <position>` for the last one stored.
process.on('SIGXFSZ', () => undefined);
const store = await openReadStore(`embedded:${process.argv[2] ?? ''}`);
let position = 0n;
let version: bigint | null = null;
const commit = async (rows: number): Promise<void> => {
  const { checkpointVersion } = await store.commit({
    writes: Array.from({ length: rows }, (_, i) => ({
      collection: fullRows,
      key: `k${String(i)}`,
      position: position + 1n,
      row: { at: Number(position) + 1, text: 'x'.repeat(500) },
    })),
    checkpoint: { name: 'c', position: position + 1n, expected: version },
  });
  version = checkpointVersion;
  position++;
};
try {
  for (let rows = 100; ; rows += 100) await commit(rows);
} catch (error) {
  writeSync(1, `FULL ${position + 1n} ${String(error)}\n`);
}
const stored = await store.checkpoint('c');
if (stored?.position !== position) writeSync(1, `WRONG checkpoint ${String(stored?.position)}\n`);
for (let i = 0; i < 10; i++) await commit(1);
await store.close();
writeSync(1, `DONE ${position}\n`);

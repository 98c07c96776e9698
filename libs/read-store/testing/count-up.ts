import { openReadStore } from '../open-read-store.js';
import { CheckpointMoved } from '../port/read-store.js';

// Counts a document and a checkpoint up, beside others who do the same: `count-up FOLDER TIMES`.
const [folder = '', times = '0'] = process.argv.slice(2);
const store = await openReadStore(`embedded:${folder}`);
const collection = { name: 'tally', version: 1, indexes: { byTotal: ['total'] } };

for (let done = 0; done < Number(times);) {
  const found = await store.getDocument('count');
  const put = await store.putDocument('count', Number(found?.value ?? 0) + 1, found?.version ?? null);
  if (put !== 'conflict') done++;
}
for (let done = 0; done < Number(times);) {
  const checkpoint = await store.checkpoint('tally');
  const position = (checkpoint?.position ?? 0n) + 1n;
  try {
    await store.commit({
      writes: [{ collection, key: 'all', position, row: { total: Number(position) } }],
      checkpoint: { name: 'tally', position, expected: checkpoint?.version ?? null },
    });
    done++;
  } catch (error) {
    if (!(error instanceof CheckpointMoved)) throw error;
  }
}
await store.close();

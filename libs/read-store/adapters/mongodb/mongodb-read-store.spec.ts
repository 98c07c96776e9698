import { afterAll, describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '#libs/event-store';
import { readStoreContract } from '../../testing/read-store.contract.js';
import { startMongodb, type MongodbLane } from '../../testing/mongodb-lane.js';
import { MongodbReadStore } from './mongodb-read-store.js';

const lane: MongodbLane | { readonly notRun: string } = await startMongodb();

if ('notRun' in lane) {
  process.stdout.write(`read store contract: mongodb NOT RUN: ${lane.notRun}\n`);
  it.skip('read store contract, answered by mongodb', () => undefined);
} else {
  let databases = 0;
  afterAll(() => lane.stop());
  readStoreContract(
    `mongodb (${lane.name})`,
    () => MongodbReadStore.open(lane.urlOf(`cios-test-${process.pid}-${++databases}`)),
    lane.notIsolated === undefined ? {} : { notIsolated: lane.notIsolated },
  );
}

describe('the MongoDB read store', () => {
  it('says so when no server answers', async () => {
    await expect(
      MongodbReadStore.open('mongodb://127.0.0.1:9/none?directConnection=true', { serverSelectionMs: 200 }),
    ).rejects.toThrow(StoreUnavailable);
  });
});

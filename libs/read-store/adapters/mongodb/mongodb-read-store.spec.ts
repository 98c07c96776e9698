import { afterAll, describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '#libs/event-store';
import { readStoreContract } from '../../testing/read-store.contract.js';
import { MongodbReadStore } from './mongodb-read-store.js';
import { emulatedMongodb, realMongodb } from './testing/index.js';

let databases = 0;
for (const lane of [await emulatedMongodb(), realMongodb()])
  if ('notRun' in lane) {
    process.stdout.write(`read store contract: ${lane.name} NOT RUN: ${lane.notRun}\n`);
    describe(`read store contract, answered by ${lane.name}`, () => {
      it.skip(`NOT RUN: ${lane.notRun}`, () => undefined);
    });
  } else {
    afterAll(() => lane.stop());
    readStoreContract(
      lane.name,
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

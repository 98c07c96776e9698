import { writeSync } from 'node:fs';
import { AggregateStore } from '#libs/event-store';
import { openEmbeddedEventStore } from '#libs/event-store/adapters/embedded';
import { type CommandContext } from '#libs/kernel';
import { openReadStore } from '../open-read-store.js';
import { ProjectionRunner } from '../projection-runner/index.js';
import { SagaRunner } from '../saga-runner/index.js';
import { orderRows, orders, shippingSaga, type OrderCommand } from './order-fulfilment.js';

// Orders, projects and ships on embedded stores until it is killed: `kill-runners FOLDER ROUND`. Prints `UP`.
const [folder = '', round = '0'] = process.argv.slice(2);
const eventStore = await openEmbeddedEventStore({ folder: `${folder}/events` });
const readStore = await openReadStore(`embedded:${folder}`);
const aggregates = new AggregateStore(eventStore);
const execute = async (command: OrderCommand, context: CommandContext) => {
  await aggregates.execute(orders, command.order, command, context);
};
const { signal } = new AbortController();
const leaseTtlMs = 1_000;
const stores = { eventStore, readStore, leaseTtlMs };
void new ProjectionRunner({ ...stores, projections: [orderRows], pageSize: 50 }).run(signal);
void new SagaRunner({
  ...stores,
  snapshotEvery: 40,
  sagas: [{ saga: shippingSaga, actor: 'shipping', dispatch: execute }],
}).run(signal);
writeSync(1, 'UP\n');

for (let n = 0; ; n++) {
  const order = `${round}-${n >> 4}`;
  const item = `${order}/${n}`;
  await execute(
    { type: 'Order', order, item },
    { commandId: item, actor: 'someone', occurredAt: '2026-01-01T00:00:00.000Z', correlationId: item },
  );
}

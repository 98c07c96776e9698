// Follows the event store of a folder and prints "stream time" for each event, the time in ms since 1970.
import { openEmbeddedEventStore } from '#libs/event-store/adapters/embedded';

const store = await openEmbeddedEventStore({ folder: process.argv[2], readOnly: true });
for await (const item of store.subscribe()) {
  if (item.kind === 'event')
    console.log(`${item.event.stream} ${performance.timeOrigin + performance.now()}`);
}

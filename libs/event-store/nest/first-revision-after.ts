import { type EventStore } from '../port/event-store.js';

/** The revision at which a stream goes on after a position: positions rise with revisions, so O(log n) reads of one event. */
export async function firstRevisionAfter(
  events: EventStore,
  stream: string,
  position: bigint,
): Promise<bigint> {
  let low = 0n;
  let high = 0n;
  for await (const { revision } of events.readStream(stream, { direction: 'backwards', limit: 1 }))
    high = revision + 1n;
  while (low < high) {
    const middle = (low + high) / 2n;
    let isAfter = true;
    for await (const event of events.readStream(stream, { from: middle, limit: 1 }))
      isAfter = event.position > position;
    if (isAfter) high = middle;
    else low = middle + 1n;
  }
  return low;
}

import { type CommandContext, type RecordedEvent } from '#libs/kernel';
import { chainEvents, EMPTY_CHAIN, type ChainHead } from '../chain.js';
import { type NewEvent } from '../port/event-store.js';

let commands = 0;

/** A chained event for tests; `data` of about 150 bytes of JSON unless given. */
export function newEvents(
  stream: string,
  count: number,
  { head = EMPTY_CHAIN, type = 'Tested', data }: { head?: ChainHead; type?: string; data?: unknown } = {},
): readonly NewEvent[] {
  commands += 1;
  const context: CommandContext = {
    commandId: `command-${process.pid}-${commands}`,
    actor: 'tester',
    occurredAt: '2026-01-01T00:00:00.000Z',
    correlationId: `correlation-${commands % 10}`,
  };
  const events = Array.from({ length: count }, (_, n) => ({
    type,
    data: data ?? {
      n,
      region: `region-${n % 7}`,
      attribute: 'dns_suffix',
      value: `${n}.example.com`,
      tags: ['a', 'b'],
    },
  }));
  return chainEvents(stream, head, events, context, () => `salt-${commands}`).events.map(
    ({ id, type: name, data: value, salt, metadata }) => ({ id, type: name, data: value, salt, metadata }),
  );
}

export function headAfter(events: readonly (NewEvent | RecordedEvent)[], revision: bigint): ChainHead {
  return { revision, hash: events[events.length - 1]!.metadata.hash };
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

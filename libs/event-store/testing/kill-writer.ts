import { writeSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type CommandContext, type Decider, type DomainEvent } from '#libs/kernel';
import { openEmbeddedEventStore } from '../adapters/embedded/index.js';
import { AggregateStore } from '../aggregate-store.js';
import { type Aggregate } from '../port/aggregates.js';

// Appends under load until it is killed: `kill-writer FOLDER ROUND`. Prints `UP`, then `A <id> <position>` for the last event of
// each acknowledged command, and every 100 ms `L <median> <p99>`: how late timers of 1 ms are, in ms.
type Wrote = DomainEvent<'Wrote', { readonly of: number; readonly i: number; readonly text: string }>;

const decider: Decider<number, number, Wrote> = {
  initial: 0,
  decide: (of) =>
    Array.from({ length: of }, (_, i) => ({
      type: 'Wrote',
      data: { of, i, text: 'x'.repeat((i * 37) % 300) },
    })),
  evolve: (state) => state + 1,
};
const pages: Aggregate<number, number, Wrote> = { name: 'page', decider, streamOf: (id) => `page-${id}` };

const WRITERS = 32;
const [folder = '', round = '0'] = process.argv.slice(2);
const aggregates = new AggregateStore(await openEmbeddedEventStore({ folder }));
writeSync(1, 'UP\n');
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
setInterval(() => {
  const [median, p99] = [50, 99].map((q) => (delay.percentile(q) / 1e6 - 1).toFixed(2));
  writeSync(1, `L ${median} ${p99}\n`);
}, 100);

await Promise.all(
  Array.from({ length: WRITERS }, async (_, writer) => {
    // Half of them on one stream, whose commands are decided before the ones ahead are committed.
    const id = writer % 2 === 0 ? 'shared' : `${round}-${writer}`;
    for (let n = 0; ; n += 1) {
      const context: CommandContext = {
        commandId: `${round}-${writer}-${n}`,
        actor: 'writer',
        occurredAt: '2026-01-01T00:00:00.000Z',
        correlationId: round,
      };
      const { events } = await aggregates.execute(pages, id, n % 7 === 0 ? 20 : 1, context);
      const last = events[events.length - 1]!;
      writeSync(1, `A ${last.id} ${last.position}\n`);
    }
  }),
);

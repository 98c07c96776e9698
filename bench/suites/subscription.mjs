import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chainEvents, EMPTY_CHAIN } from '#libs/event-store';
import { openEmbeddedEventStore } from '#libs/event-store/adapters/embedded';
import { quantile, sampleContext, sampleEvent, withFolder } from '../support/sample-events.mjs';

const EVENTS = Number(process.env.BENCH_SUBSCRIBED ?? 3_000);
const PER_SECOND = 1_000;

/** From the call of append to the event's arrival at a subscriber, in this process and in another one, under a steady load. */
export async function run(report) {
  await withFolder(async (folder) => {
    const events = join(folder, 'events');
    const store = await openEmbeddedEventStore({ folder: events });
    await store.append(...single(-1));
    const sent = new Map();
    const inside = [];
    const stop = new globalThis.AbortController();
    const reading = (async () => {
      for await (const item of store.subscribe({ signal: stop.signal }))
        if (item.kind === 'event' && sent.has(item.event.stream))
          inside.push(performance.now() - sent.get(item.event.stream));
    })();
    const reader = spawn(process.execPath, ['bench/support/subscriber.mjs', events], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const outside = [];
    const lines = createInterface({ input: reader.stdout });
    await once(lines, 'line');
    lines.on('line', (line) => {
      const [stream, at] = line.split(' ');
      if (sent.has(stream)) outside.push(Number(at) - performance.timeOrigin - sent.get(stream));
    });
    const start = performance.now();
    const appends = [];
    for (let n = 0; n < EVENTS;) {
      const due = Math.min(EVENTS, ((performance.now() - start) / 1000) * PER_SECOND);
      for (; n < due; n += 1) {
        sent.set(`subscribed-${n}`, performance.now());
        appends.push(store.append(...single(n)));
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await Promise.all(appends);
    for (let waited = 0; waited < 100 && Math.min(inside.length, outside.length) < EVENTS; waited += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    stop.abort();
    await reading;
    reader.kill();
    await store.close();
    if (inside.length !== EVENTS || outside.length !== EVENTS)
      throw new Error(`of ${EVENTS} events ${inside.length} came inside, ${outside.length} outside`);
    for (const [where, taken] of [
      ['same process', inside],
      ['another process', outside],
    ])
      for (const q of [0.5, 0.99])
        report({
          metric: `append to visible, ${where}, p${q * 100}`,
          value: quantile(taken, q),
          unit: 'ms',
        });
  });
}

function single(n) {
  const stream = `subscribed-${n}`;
  const { events } = chainEvents(stream, EMPTY_CHAIN, [sampleEvent(n + 1)], sampleContext(n), () => 'salt');
  return [stream, events, { expected: 'absent' }];
}

import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chainEvents, EMPTY_CHAIN } from '#libs/event-store';
import { openEmbeddedEventStore } from '#libs/event-store/adapters/embedded';
import { BareFile } from '../support/bare-file.mjs';
import { quantile, sampleContext, sampleEvent, withFolder } from '../support/sample-events.mjs';

const EVENTS = Number(process.env.BENCH_SUBSCRIBED ?? 3_000);
const PER_SECOND = 1_000;

/** From the call of append to the event's arrival at a subscriber, in this process and in another one, under a steady load; against
 * an append to a bare file, flushed, that is then told by an emitter and through a pipe. */
export async function run(report) {
  await withFolder(async (folder) => {
    const bare = await byHand(join(folder, 'bare.jsonl'));
    const store = await bySubscription(join(folder, 'events'));
    for (const [where, key] of [
      ['same process', 'inside'],
      ['another process', 'outside'],
    ])
      for (const q of [0.5, 0.99]) {
        const [value, reference] = [quantile(store[key], q), quantile(bare[key], q)];
        const metric = `append to visible, ${where}, p${q * 100}`;
        report({ metric, value, unit: 'ms', reference, ratio: value / reference });
      }
  });
}

async function bySubscription(folder) {
  const store = await openEmbeddedEventStore({ folder });
  await store.append(...single(-1));
  const arrivals = new Arrivals();
  const stop = new globalThis.AbortController();
  const reading = (async () => {
    for await (const item of store.subscribe({ signal: stop.signal }))
      if (item.kind === 'event') arrivals.inside(item.event.stream);
  })();
  const reader = await arrivals.readBy('bench/support/subscriber.mjs', folder);
  await arrivals.under((n) => store.append(...single(n)));
  stop.abort();
  await reading;
  reader.kill();
  await store.close();
  return arrivals.taken;
}

async function byHand(path) {
  const file = await BareFile.open(path);
  const arrivals = new Arrivals();
  const emitter = new EventEmitter();
  const reader = await arrivals.readBy('bench/support/pipe-reader.mjs');
  emitter.on('appended', (stream) => {
    arrivals.inside(stream);
    reader.stdin.write(`${stream}\n`);
  });
  await arrivals.under(async (n) => {
    const [stream, events] = single(n);
    await file.append(stream, events, -1);
    emitter.emit('appended', stream);
  });
  reader.kill();
  await file.close();
  return arrivals.taken;
}

/** When each event was sent, and how many ms later it came. */
class Arrivals {
  taken = { inside: [], outside: [] };
  #sent = new Map();

  inside(stream) {
    if (this.#sent.has(stream)) this.taken.inside.push(performance.now() - this.#sent.get(stream));
  }

  /** Starts a process that prints "stream time"; resolves after its first line. */
  async readBy(program, ...parameters) {
    const reader = spawn(process.execPath, [program, ...parameters], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: reader.stdout });
    await once(lines, 'line');
    lines.on('line', (line) => {
      const [stream, at] = line.split(' ');
      const sent = this.#sent.get(stream);
      if (sent !== undefined) this.taken.outside.push(Number(at) - performance.timeOrigin - sent);
    });
    return reader;
  }

  /** Sends all at the rate, and waits until they have come. */
  async under(append) {
    const start = performance.now();
    const appends = [];
    for (let n = 0; n < EVENTS;) {
      const due = Math.min(EVENTS, ((performance.now() - start) / 1000) * PER_SECOND);
      for (; n < due; n += 1) {
        this.#sent.set(`subscribed-${n}`, performance.now());
        appends.push(append(n));
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await Promise.all(appends);
    const { inside, outside } = this.taken;
    for (let waited = 0; waited < 100 && Math.min(inside.length, outside.length) < EVENTS; waited += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    if (inside.length !== EVENTS || outside.length !== EVENTS)
      throw new Error(`of ${EVENTS} events ${inside.length} came inside, ${outside.length} outside`);
  }
}

function single(n) {
  const stream = `subscribed-${n}`;
  const { events } = chainEvents(stream, EMPTY_CHAIN, [sampleEvent(n + 1)], sampleContext(n), () => 'salt');
  return [stream, events, { expected: 'absent' }];
}

import { canonicalJson, type RecordedEvent } from '#libs/kernel';
import { type AnySaga } from '../saga-runner/any-saga.js';

export interface SagaLawOptions {
  /** What `evolve` finds under the digests that `blobs(event)` names. */
  readonly blobs?: ReadonlyMap<string, unknown>;
  /** Interleavings tried; all, where there are no more. Default 500. */
  readonly limit?: number;
}

/**
 * The law of sagas: every interleaving that keeps each stream's order, with any suffix of it delivered again, and with the
 * state saved and restored in between, ends in the same commands. Throws with the two orders that differ. Answers what was
 * due in the end (partition → keys), and how many interleavings were tried.
 *
 * Which event is a command's `cause` may depend on the order, and is not compared.
 */
export function checkSagaLaw(
  saga: AnySaga,
  streams: readonly (readonly RecordedEvent[])[],
  options: SagaLawOptions = {},
): { readonly due: ReadonlyMap<string, readonly string[]>; readonly interleavings: number } {
  const { limit = 500 } = options;
  let first: { readonly order: string; readonly due: string } | null = null;
  let tried = 0;
  for (const order of interleavings(streams, limit)) {
    tried++;
    for (const repeatFrom of suffixes(order.length))
      for (const restored of [false, true]) {
        const delivered = [...order, ...order.slice(repeatFrom)];
        const due = canonicalJson(commandsAfter(saga, delivered, options.blobs ?? new Map(), restored));
        const told = `${delivered.map(describe).join(', ')}${restored ? ' (restored from snapshots)' : ''}`;
        first ??= { order: told, due };
        if (due !== first.due)
          throw new Error(
            `${saga.name} depends on the order of events.\nAfter ${first.order}\nis due ${first.due}\nAfter ${told}\nis due ${due}`,
          );
      }
  }
  const commands =
    first === null ? {} : (JSON.parse(first.due) as Record<string, { readonly key: string }[]>);
  return {
    due: new Map(Object.entries(commands).map(([partition, due]) => [partition, due.map(({ key }) => key)])),
    interleavings: tried,
  };
}

/** All merges that keep each stream's order, or `limit` of them chosen evenly by a fixed seed. Positions count from 1. */
export function* interleavings(
  streams: readonly (readonly RecordedEvent[])[],
  limit: number,
): Generator<readonly RecordedEvent[]> {
  const lists = streams.filter((stream) => stream.length > 0);
  if (countOf(lists.map((list) => list.length)) <= limit) {
    yield* merges(lists, []);
    return;
  }
  let seed = 0x9e3779b9;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  for (let i = 0; i < limit; i++) {
    const left = lists.map((list) => [...list]);
    const order: RecordedEvent[] = [];
    for (let total = left.reduce((sum, list) => sum + list.length, 0); total > 0; total--) {
      // Weighing by what is left makes every merge equally likely.
      let pick = random(total);
      const list = left.find((candidate) => (pick -= candidate.length) < 0)!;
      order.push(at(list.shift()!, order.length));
    }
    yield order;
  }
}

function* merges(
  lists: readonly (readonly RecordedEvent[])[],
  before: readonly RecordedEvent[],
): Generator<readonly RecordedEvent[]> {
  if (lists.every((list) => list.length === 0)) yield before;
  for (const [i, list] of lists.entries()) {
    const [event, ...rest] = list;
    if (event !== undefined)
      yield* merges(
        lists.map((other, j) => (i === j ? rest : other)),
        [...before, at(event, before.length)],
      );
  }
}

const at = (event: RecordedEvent, index: number): RecordedEvent => ({
  ...event,
  position: BigInt(index + 1),
});

function countOf(lengths: readonly number[]): number {
  let count = 1;
  let total = 0;
  for (const length of lengths) for (let i = 1; i <= length; i++) count = (count * ++total) / i;
  return count;
}

/** None, the whole, the last one, and the second half: where a suffix may begin. */
const suffixes = (length: number): ReadonlySet<number> => new Set([length, 0, length - 1, length >> 1]);

function commandsAfter(
  saga: AnySaga,
  events: readonly RecordedEvent[],
  blobs: ReadonlyMap<string, unknown>,
  restoring: boolean,
): Record<string, unknown> {
  const states = new Map<string, unknown>();
  for (const event of events) {
    if (!saga.types.includes(event.type)) continue;
    const named = saga.partitions(event);
    const partitions = new Set(named.flatMap((name) => (name === '*' ? [...states.keys()] : [name])));
    const needed = new Map<string, unknown>();
    for (const digest of saga.blobs?.(event) ?? []) {
      if (!blobs.has(digest))
        throw new Error(`${saga.name} asks for blob ${digest}, which the test does not give`);
      needed.set(digest, blobs.get(digest));
    }
    for (const partition of partitions) {
      let state: unknown = states.has(partition) ? states.get(partition) : saga.initial(partition);
      state = saga.evolve(state, structuredClone(event), needed);
      if (restoring) state = saga.restore(JSON.parse(JSON.stringify(saga.snapshot(state))));
      if (saga.isOver?.(state) === true) states.delete(partition);
      else states.set(partition, state);
    }
  }
  const commands: Record<string, unknown> = {};
  for (const [partition, state] of states) {
    const due = [...saga.due(state)].map(({ key, command, notBefore }) => ({
      key,
      command: command as unknown,
      notBefore,
    }));
    const twice = due.find(({ key }, i) => due.findIndex((other) => other.key === key) !== i);
    if (twice !== undefined) throw new Error(`${saga.name}: ${partition} has ${twice.key} due twice at once`);
    if (due.length > 0) commands[partition] = due.sort((a, b) => (a.key < b.key ? -1 : 1));
  }
  return commands;
}

const describe = (event: RecordedEvent): string => `${event.stream}:${event.type}`;

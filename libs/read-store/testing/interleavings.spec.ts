import { describe, expect, it } from '@jest/globals';
import { type DomainEvent, type Saga } from '#libs/kernel';
import { recorded } from './append.js';
import { checkSagaLaw, interleavings } from './interleavings.js';

type Letter = DomainEvent<'Letter', { readonly letter: string }>;

const letters = (stream: string, text: string) =>
  Array.from(text).map((letter, i) => recorded(stream, 'Letter', { letter }, BigInt(i)));

const bySet: Saga<{ seen: string[] }, Letter, string> = {
  name: 'by-set',
  version: 1,
  types: ['Letter'],
  partitions: () => ['all'],
  initial: () => ({ seen: [] }),
  evolve: (state, { data }) => ({ seen: [...new Set([...state.seen, data.letter])].sort() }),
  due: ({ seen }) => seen.map((letter) => ({ key: letter, command: letter })),
  snapshot: (state) => state,
  restore: (snapshot) => snapshot as { seen: string[] },
};

describe('the law of sagas', () => {
  it('tries all interleavings where they are few', () => {
    const orders = [...interleavings([letters('a', 'ab'), letters('b', 'xy')], 100)];
    const texts = orders.map((order) => order.map((e) => (e.data as { letter: string }).letter).join(''));
    expect(texts.sort()).toEqual(['abxy', 'axby', 'axyb', 'xaby', 'xayb', 'xyab']);
    expect(orders[0]!.map((e) => e.position)).toEqual([1n, 2n, 3n, 4n]);
  });

  it('tries some that keep each stream in order where they are many', () => {
    const orders = [
      ...interleavings([letters('a', 'abcdef'), letters('b', 'uvwxyz'), letters('c', '123456')], 50),
    ];
    expect(orders).toHaveLength(50);
    for (const order of orders)
      for (const stream of ['a', 'b', 'c']) {
        const own = order.filter((e) => e.stream === stream).map((e) => e.revision);
        expect(own).toEqual([0n, 1n, 2n, 3n, 4n, 5n]);
      }
    expect(new Set(orders.map((order) => order.map((e) => e.stream).join(''))).size).toBeGreaterThan(45);
  });

  it('holds for a saga whose state is a set', () => {
    const { due, interleavings: tried } = checkSagaLaw(bySet, [letters('a', 'ab'), letters('b', 'x')]);
    expect(tried).toBe(3);
    expect(due).toEqual(new Map([['all', ['a', 'b', 'x']]]));
  });

  it('finds a saga that follows the last event', () => {
    const last: typeof bySet = { ...bySet, evolve: (_, { data }) => ({ seen: [data.letter] }) };
    expect(() => checkSagaLaw(last, [letters('a', 'a'), letters('b', 'x')])).toThrow(/depends on the order/);
  });

  it('finds one that counts what is repeated, and one that a snapshot changes', () => {
    const counting: typeof bySet = {
      ...bySet,
      evolve: (state, { data }) => ({ seen: [...state.seen, data.letter] }),
    };
    expect(() => checkSagaLaw(counting, [letters('a', 'a')])).toThrow();
    const forgetful: typeof bySet = { ...bySet, restore: () => ({ seen: [] }) };
    expect(() => checkSagaLaw(forgetful, [letters('a', 'ab')])).toThrow(/restored from snapshots/);
  });
});

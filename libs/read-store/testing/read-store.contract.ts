import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Refused } from '#libs/kernel';
import {
  CheckpointMoved,
  RowRefused,
  type CollectionSpec,
  type ReadStore,
  type RowWrite,
} from '../port/read-store.js';

const regions: CollectionSpec = {
  name: 'regions',
  version: 1,
  indexes: { byState: ['state', 'size'], byRealm: ['realm'] },
};

const write = (key: string, position: bigint, row: object | null, collection = regions): RowWrite => ({
  collection,
  key,
  position,
  row,
});

/**
 * The promises of the read store; `open` gives an empty one. Every adapter runs it, and what answered is printed.
 * `notIsolated` says of an emulator that its transactions do not keep apart; what needs that is skipped then, visibly.
 */
export function readStoreContract(
  adapter: string,
  open: () => Promise<ReadStore>,
  known: { readonly notIsolated?: string } = {},
): void {
  describe(`read store contract, answered by ${adapter}`, () => {
    let store: ReadStore;
    beforeAll(() => void process.stdout.write(`read store contract: answered by ${adapter}\n`));
    beforeEach(async () => {
      store = await open();
    });
    afterEach(async () => {
      await store.close();
    });

    const put = (...writes: RowWrite[]) => store.commit({ writes });
    const keysOf = async (options: Parameters<ReadStore['list']>[1]) =>
      (await store.list(regions, options)).rows.map((row) => row.key);

    it('gives back what was put, with its position', async () => {
      await put(write('iad', 7n, { name: 'Ashburn', tags: ['a', { b: null }], size: 1.5 }));
      expect(await store.get(regions, 'iad')).toEqual({
        key: 'iad',
        position: 7n,
        row: { name: 'Ashburn', tags: ['a', { b: null }], size: 1.5 },
      });
      expect(await store.get(regions, 'phx')).toBeNull();
      expect((await store.getMany(regions, ['phx', 'iad'])).map((row) => row?.key)).toEqual([
        undefined,
        'iad',
      ]);
    });

    it('keeps its rows out of reach of their writers and readers', async () => {
      const row = { list: [1] };
      await put(write('a', 1n, row));
      row.list.push(2);
      const read = await store.get<{ list: number[] }>(regions, 'a');
      read!.row.list.push(3);
      expect((await store.get(regions, 'a'))?.row).toEqual({ list: [1] });
    });

    it('ignores a write at or below the position of the row', async () => {
      await put(write('a', 5n, { v: 5 }));
      await put(write('a', 5n, { v: 'again' }), write('a', 4n, null));
      expect((await store.get(regions, 'a'))?.row).toEqual({ v: 5 });
      await put(write('a', 6n, { v: 6 }));
      expect((await store.get(regions, 'a'))?.row).toEqual({ v: 6 });
    });

    it('remembers the position of a deletion while the checkpoint is below it', async () => {
      await put(write('a', 5n, { v: 5 }));
      await put(write('a', 6n, null));
      expect(await store.get(regions, 'a')).toBeNull();
      await put(write('a', 6n, { v: 'late' }), write('a', 3n, { v: 'later still' }));
      expect(await store.get(regions, 'a')).toBeNull();
      expect((await store.list(regions)).rows).toEqual([]);
      await put(write('a', 7n, { v: 7 }));
      expect((await store.get(regions, 'a'))?.row).toEqual({ v: 7 });
    });

    it('keeps positions beyond 2^53', async () => {
      const position = 2n ** 63n - 3n;
      await put(write('a', position, { v: 1 }));
      await put(write('a', position - 1n, { v: 0 }));
      expect((await store.get(regions, 'a'))?.position).toBe(position);
      const { checkpointVersion } = await store.commit({
        writes: [],
        checkpoint: { name: 'c', position, expected: null },
      });
      expect(await store.checkpoint('c')).toEqual({ position, version: checkpointVersion });
    });

    it('commits writes and checkpoint together, or neither', async () => {
      const first = await store.commit({
        writes: [write('a', 1n, { v: 1 })],
        checkpoint: { name: 'c', position: 1n, expected: null },
      });
      const second = await store.commit({
        writes: [write('a', 2n, { v: 2 })],
        checkpoint: { name: 'c', position: 2n, expected: first.checkpointVersion },
      });
      await expect(
        store.commit({
          writes: [write('a', 3n, { v: 3 }), write('b', 3n, { v: 3 })],
          checkpoint: { name: 'c', position: 3n, expected: first.checkpointVersion },
        }),
      ).rejects.toThrow(CheckpointMoved);
      await expect(
        store.commit({ writes: [], checkpoint: { name: 'c', position: 3n, expected: null } }),
      ).rejects.toThrow(CheckpointMoved);
      expect((await store.get(regions, 'a'))?.row).toEqual({ v: 2 });
      expect(await store.get(regions, 'b')).toBeNull();
      expect(await store.checkpoint('c')).toEqual({ position: 2n, version: second.checkpointVersion });
      expect(await store.checkpoint('other')).toBeNull();
    });

    const isolated = known.notIsolated === undefined ? it : it.skip;
    if (known.notIsolated !== undefined)
      process.stdout.write(
        `read store contract: fencing of concurrent writers NOT RUN: ${known.notIsolated}\n`,
      );
    isolated('lets exactly one of many concurrent advances of a checkpoint win', async () => {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 8 }, (_, i) =>
          store.commit({
            writes: [write(`k${i}`, 1n, { i })],
            checkpoint: { name: 'c', position: 1n, expected: null },
          }),
        ),
      );
      expect(outcomes.filter((o) => o.status === 'fulfilled')).toHaveLength(1);
      expect((await store.list(regions)).rows).toHaveLength(1);
    });

    it('writes nothing of a batch that holds a row it cannot store, and names that row', async () => {
      const refused = [
        write('b', 1n, { state: { not: 'a scalar' } }),
        write('x'.repeat(1_001), 1n, {}),
        write('large', 1n, { text: 'x'.repeat(15 * 2 ** 20) }),
        write('number', 1n, { size: 1n }),
      ];
      for (const each of refused) {
        const committed = put(write('a', 1n, { v: 1 }), each);
        await expect(committed).rejects.toThrow(RowRefused);
        await expect(committed).rejects.toMatchObject({ write: each });
      }
      expect(await store.get(regions, 'a')).toBeNull();
    });

    it('stores a row of 15 MiB', async () => {
      const text = 'x'.repeat(15 * 2 ** 20 - 100);
      await put(write('large', 1n, { text, state: 's' }));
      expect(await store.get(regions, 'large')).toEqual({
        key: 'large',
        position: 1n,
        row: { text, state: 's' },
      });
    });

    it('stores whatever names a row has', async () => {
      const row = JSON.parse(
        '{"_bsontype":"ObjectId","id":"x","$ref":"a","$id":1,"$gt":{"$ne":2},"a.b":1,"":0,"nul\\u0000in":"\\u0000","__proto__":{"a":1},"_id":7,"list":[{"_bsontype":"Long"}]}',
      ) as object;
      await put(write('$a.b', 1n, row), write('nul\0in', 1n, row));
      for (const key of ['$a.b', 'nul\0in'])
        expect(JSON.stringify((await store.get(regions, key))?.row)).toBe(JSON.stringify(row));
    });

    it('can be told its collections beforehand, again and again', async () => {
      await put(write('a', 1n, { state: 's' }));
      await store.prepare([regions, { ...regions, version: 2 }]);
      await store.prepare([regions]);
      expect(await keysOf({ index: 'byState', equals: ['s'] })).toEqual(['a']);
    });

    it('lists by key, in pages, in both directions', async () => {
      await put(...['c', 'a', 'e', 'b', 'd'].map((key) => write(key, 1n, {})));
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const page = await store.list(regions, { limit: 2, ...(after !== undefined && { after }) });
        seen.push(...page.rows.map((row) => row.key));
        after = page.next;
      } while (after !== undefined);
      expect(seen).toEqual(['a', 'b', 'c', 'd', 'e']);
      const back = await store.list(regions, { limit: 3, direction: 'backwards' });
      expect(back.rows.map((row) => row.key)).toEqual(['e', 'd', 'c']);
      expect(await keysOf({ limit: 3, direction: 'backwards', after: back.next! })).toEqual(['b', 'a']);
      expect((await store.list(regions, { limit: 5 })).next).toBeUndefined();
    });

    it('lists by an index: equality on its first fields, then order, then the key', async () => {
      await put(
        write('a', 1n, { state: 'Building', size: 10 }),
        write('b', 1n, { state: 'Building', size: 9 }),
        write('c', 1n, { state: 'Production', size: 1 }),
        write('d', 1n, { state: 'Building', size: -2.5 }),
        write('e', 1n, { state: 'Building', size: 9 }),
        write('f', 1n, {}),
      );
      expect(await keysOf({ index: 'byState', equals: ['Building'] })).toEqual(['d', 'b', 'e', 'a']);
      expect(await keysOf({ index: 'byState', equals: ['Building', 9] })).toEqual(['b', 'e']);
      expect(await keysOf({ index: 'byState' })).toEqual(['f', 'd', 'b', 'e', 'a', 'c']);
      expect(await keysOf({ index: 'byState', equals: [null] })).toEqual(['f']);
      const page = await store.list(regions, { index: 'byState', equals: ['Building'], limit: 2 });
      expect(await keysOf({ index: 'byState', equals: ['Building'], after: page.next! })).toEqual(['e', 'a']);
      const back = { index: 'byState', equals: ['Building'], direction: 'backwards', limit: 3 } as const;
      const last = await store.list(regions, back);
      expect(last.rows.map((row) => row.key)).toEqual(['a', 'e', 'b']);
      expect(await keysOf({ ...back, after: last.next! })).toEqual(['d']);
    });

    it('orders null < numbers < strings by code point < booleans', async () => {
      const values = [
        null,
        -1,
        -0.5,
        0,
        0.5,
        3,
        20,
        '',
        '\0',
        'A',
        'Z',
        'a',
        'é',
        '\uffee',
        '😀',
        false,
        true,
      ];
      await put(...values.map((realm, i) => write(`k${String(99 - i)}`, 1n, { realm })));
      const { rows } = await store.list<{ realm: unknown }>(regions, { index: 'byRealm' });
      expect(rows.map((row) => row.row.realm)).toEqual(values);
    });

    it('tells a value from its prefix', async () => {
      await put(
        write('1', 1n, { realm: 'oc1' }),
        write('2', 1n, { realm: 'oc10' }),
        write('3', 1n, { realm: 'oc' }),
      );
      expect(await keysOf({ index: 'byRealm', equals: ['oc1'] })).toEqual(['1']);
    });

    it('keeps the index true when rows change and go', async () => {
      await put(write('a', 1n, { state: 'none' }), write('b', 1n, { state: 'none' }));
      await put(write('a', 2n, { state: 'Building' }), write('b', 2n, null));
      expect(await keysOf({ index: 'byState', equals: ['none'] })).toEqual([]);
      expect(await keysOf({ index: 'byState', equals: ['Building'] })).toEqual(['a']);
      await store.commit({ writes: [write('a', 3n, { state: 'x' }), write('a', 4n, { state: 'y' })] });
      expect(await keysOf({ index: 'byState' })).toEqual(['a']);
    });

    it('goes on from a cursor whose row has been deleted', async () => {
      await put(...['a', 'b', 'c'].map((key) => write(key, 1n, { state: 's' })));
      const page = await store.list(regions, { index: 'byState', limit: 2 });
      await put(write('b', 2n, null));
      expect(await keysOf({ index: 'byState', after: page.next! })).toEqual(['c']);
    });

    it('refuses a cursor that it did not give for this listing, and an index that is not declared', async () => {
      await put(write('a', 1n, {}), write('b', 1n, {}));
      const { next } = await store.list(regions, { limit: 1 });
      await expect(store.list(regions, { after: 'garbage' })).rejects.toThrow(Refused);
      await expect(store.list(regions, { index: 'byState', after: next! })).rejects.toThrow(
        /list\/bad-cursor/,
      );
      await expect(store.list(regions, { index: 'bySomething' })).rejects.toThrow(TypeError);
    });

    it('keeps versions of a collection side by side, and drops one', async () => {
      const next = { ...regions, version: 2 };
      const namesake = { ...regions, version: 21 };
      await put(
        write('a', 9n, { v: 1, state: 's' }),
        write('a', 1n, { v: 2, state: 's' }, next),
        write('a', 1n, { v: 21, state: 's' }, namesake),
      );
      expect((await store.get(next, 'a'))?.row).toEqual({ v: 2, state: 's' });
      await store.drop(next);
      expect(await store.get(next, 'a')).toBeNull();
      expect((await store.list(next, { index: 'byState' })).rows).toEqual([]);
      expect((await store.list(regions, { index: 'byState' })).rows).toHaveLength(1);
      expect((await store.list(namesake, { index: 'byState' })).rows).toHaveLength(1);
    });

    it('holds documents with compare-and-set whose versions never repeat', async () => {
      expect(await store.getDocument('lease/a')).toBeNull();
      const first = await store.putDocument('lease/a', { owner: 1 }, null);
      expect(first).not.toBe('conflict');
      const { version } = first as { version: bigint };
      expect(await store.putDocument('lease/a', { owner: 2 }, null)).toBe('conflict');
      const second = await store.putDocument('lease/a', { owner: 2 }, version);
      expect(await store.putDocument('lease/a', { owner: 3 }, version)).toBe('conflict');
      expect(await store.getDocument('lease/a')).toEqual({ value: { owner: 2 }, ...(second as object) });
      await store.deleteDocument('lease/a');
      expect(await store.putDocument('lease/a', {}, version)).toBe('conflict');
      const third = (await store.putDocument('lease/a', { owner: 4 }, null)) as { version: bigint };
      expect(third.version).not.toBe(version);
    });

    it('lists documents by prefix, in order', async () => {
      for (const key of ['p/b', 'p/a', 'q/a', 'p']) await store.putDocument(key, { key }, null);
      expect(await store.listDocuments('p/')).toEqual([
        { key: 'p/a', value: { key: 'p/a' } },
        { key: 'p/b', value: { key: 'p/b' } },
      ]);
    });
  });
}

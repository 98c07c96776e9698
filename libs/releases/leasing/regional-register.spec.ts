import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryReadStore } from '#libs/read-store/adapters/memory';
import { RegionalRegister } from './regional-register.js';

const now = new Date('2026-01-01T00:00:00.000Z');
const run = (session: string) => ({ name: 'sea', session });

describe('the register of Regionals', () => {
  let store: MemoryReadStore;
  let register: RegionalRegister;
  beforeEach(() => {
    store = new MemoryReadStore();
    register = new RegionalRegister(store, 60);
  });

  it('takes a run for alive until its row has not changed for a full term, by the clock of who looks', async () => {
    await register.join(run('one'), ['sea/target'], 'regional', now);
    const other = new RegionalRegister(store, 60);
    expect(await other.placesOf(run('one'))).toEqual(['sea/target']);
    await sleep(40);
    await register.renew(run('one'), ['sea/target'], 'regional', now);
    await sleep(40);
    expect(await other.placesOf(run('one'))).toEqual(['sea/target']);
    await sleep(70);
    expect(await other.placesOf(run('one'))).toBeNull();
    // Whoever looks for the first time gives it a full term.
    expect(await new RegionalRegister(store, 60).isAlive(run('one'))).toBe(true);
  });

  it('ends a run at once where another joins under its name, or it leaves', async () => {
    await register.join(run('one'), ['*'], 'regional', now);
    await register.join(run('two'), ['*'], 'regional', now);
    expect(await register.isAlive(run('one'))).toBe(false);
    expect(await register.isAlive(run('two'))).toBe(true);
    for (const refused of [
      () => register.renew(run('one'), ['*'], 'regional', now),
      () => register.admit(run('one'), 'regional'),
      () => register.leave(run('one'), 'regional'),
    ])
      await expect(refused()).rejects.toMatchObject({ refusal: { code: 'regional/superseded' } });
    await register.leave(run('two'), 'regional');
    expect(await register.isAlive(run('two'))).toBe(false);
    await expect(register.of(run('two'), 'regional')).rejects.toMatchObject({
      refusal: { code: 'regional/not-joined' },
    });
  });

  it('gives every lease a full term where rows are missing, and takes none of it', async () => {
    expect(await register.placesOf(run('one'))).toEqual(['*']);
    await register.renew(run('one'), ['sea/vibe'], 'regional', now);
    expect(await register.placesOf(run('one'))).toEqual(['sea/vibe']);
    await store.deleteDocument('regional/sea');
    await register.admit(run('one'), 'regional');
    expect(await register.placesOf(run('one'))).toEqual(['*']);
    await sleep(70);
    expect(await register.placesOf(run('one'))).toBeNull();
  });

  it('keeps a name for the token that took it', async () => {
    await register.join(run('one'), ['*'], 'regional', now);
    await expect(register.join(run('two'), ['*'], 'another', now)).rejects.toMatchObject({
      refusal: { code: 'regional/name-taken' },
    });
  });
});

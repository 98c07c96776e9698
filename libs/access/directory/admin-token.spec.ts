import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AggregateStore } from '#libs/event-store';
import { MemoryEventStore } from '#libs/event-store/adapters/memory';
import {
  accessAggregate,
  admit,
  adminTokenFile,
  ensureAdminToken,
  readAdminToken,
  StoredAccessDirectory,
} from './index.js';

describe('the admin token of an embedded installation', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cios-access-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is written once, for its owner only, and lets in whoever reads it', async () => {
    const store = new MemoryEventStore();
    const aggregates = new AggregateStore(store);
    const directory = new StoredAccessDirectory(store);
    expect(await readAdminToken(folder)).toBeNull();
    const token = await ensureAdminToken(folder, directory, aggregates);
    expect(await ensureAdminToken(folder, directory, aggregates)).toBe(token);
    expect(await readAdminToken(folder)).toBe(token);
    expect((await stat(adminTokenFile(folder))).mode & 0o777).toBe(0o600);
    expect(await directory.authenticate(token)).toEqual({
      actor: 'admin',
      role: 'admin',
      name: 'Administrator',
    });
    expect(await directory.authenticate(`${token}x`)).toBeNull();
    expect(await directory.resolve('admin')).toEqual({ name: 'Administrator' });
    expect(await directory.tokens()).toHaveLength(1);
    for await (const event of store.readAll()) expect(JSON.stringify(event.data)).not.toContain(token);
  });

  it('is admitted again where a start was cut off before the installation knew it', async () => {
    const first = new MemoryEventStore();
    const token = await ensureAdminToken(folder, new StoredAccessDirectory(first), new AggregateStore(first));
    const second = new MemoryEventStore();
    const directory = new StoredAccessDirectory(second);
    expect(await ensureAdminToken(folder, directory, new AggregateStore(second))).toBe(token);
    expect(await directory.authenticate(token)).not.toBeNull();
  });

  it('may come from outside, if it cannot be guessed', async () => {
    const store = new MemoryEventStore();
    const directory = new StoredAccessDirectory(store);
    await expect(admit('short', 'admin', directory, new AggregateStore(store))).rejects.toThrow(RangeError);
    await admit('x'.repeat(32), 'admin', directory, new AggregateStore(store));
    expect(await directory.authenticate('x'.repeat(32))).toMatchObject({ role: 'admin' });
  });

  it('is admitted once where several processes admit it at the same time, and stays revoked', async () => {
    const store = new MemoryEventStore();
    const secret = 'y'.repeat(32);
    const apps = [1, 2, 3].map(() => [new StoredAccessDirectory(store), new AggregateStore(store)] as const);
    await Promise.all(
      apps.map(([directory, aggregates]) => admit(secret, 'regional', directory, aggregates)),
    );
    const [[directory, aggregates] = []] = apps;
    expect(await directory!.tokens()).toMatchObject([{ actor: 'regional', role: 'regional' }]);
    const [{ token } = { token: '' }] = await directory!.tokens();
    await aggregates!.execute(
      accessAggregate,
      'access',
      { type: 'RevokeToken', token },
      {
        commandId: 'revoke',
        actor: 'admin',
        correlationId: 'revoke',
        occurredAt: '2026-01-01T00:00:00.000Z',
      },
    );
    await admit(secret, 'regional', directory!, aggregates!);
    expect(await new StoredAccessDirectory(store).authenticate(secret)).toBeNull();
  });
});

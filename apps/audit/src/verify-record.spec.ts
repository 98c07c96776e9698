import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { captured } from '#libs/command-line/testing';
import { type Program } from '#libs/command-line';
import { chainEvents, EMPTY_CHAIN, type ChainHead } from '#libs/event-store/audit';
import { openEmbeddedEventStore } from '#libs/event-store/adapters/embedded';
import { sha256, type DomainEvent } from '#libs/kernel';
import { auditCommands } from './index.js';
import { verifyRecord } from './verify-record.js';

const root = mkdtempSync(join(tmpdir(), 'cios-audit-'));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

const program: Program<unknown> = {
  name: 'cios-audit',
  description: '',
  version: '0',
  commands: auditCommands,
  connect: () => Promise.reject(new Error('an auditor does not connect')),
};

/** A record with an artifact in it, and its bytes. */
async function record(data: string): Promise<void> {
  const store = await openEmbeddedEventStore({ folder: join(data, 'events') });
  let head: ChainHead = EMPTY_CHAIN;
  const append = async (event: DomainEvent): Promise<void> => {
    const expected = head.revision < 0n ? 'absent' : head.revision;
    const context = {
      commandId: `c${head.revision}`,
      actor: 'ada',
      occurredAt: '2026-01-01T00:00:00.000Z',
      correlationId: 'c',
    };
    const chained = chainEvents('region-data', head, [event], context, () => 'a-salt-of-16-byte');
    await store.append('region-data', chained.events, { expected });
    head = chained.head;
  };
  for (let i = 0; i < 40; i += 1)
    await append({
      type: 'RealmAdded',
      data: { realm: `realm-${i}`, attributes: { name: `realm-${i}`, note: 'marker' } },
    });
  const digest = sha256('the bytes');
  await append({
    type: 'ArtifactVersionPublished',
    data: { flock: 'f', artifact: 'a', version: '1', digest, bytes: 9 },
  });
  await store.close();
  mkdirSync(join(data, 'blobs', digest.slice(0, 2)), { recursive: true });
  writeFileSync(join(data, 'blobs', digest.slice(0, 2), digest), 'the bytes');
}

describe('verifying a record on disk', () => {
  const original = join(root, 'original');
  let copies = 0;
  const copy = (): string => {
    const folder = join(root, `copy-${(copies += 1)}`);
    cpSync(original, folder, { recursive: true });
    return folder;
  };
  const file = (data: string): string => join(data, 'events', 'events.mdb');
  const altered = (search: string, by: string): string => {
    const data = copy();
    const bytes = readFileSync(file(data));
    for (let at = bytes.indexOf(search); at >= 0; at = bytes.indexOf(search, at + 1))
      bytes.write(by, at, 'latin1');
    writeFileSync(file(data), bytes);
    return data;
  };

  beforeAll(async () => {
    await record(original);
  });

  it('finds an untouched copy intact', async () => {
    expect(await verifyRecord(copy(), root)).toMatchObject({
      intact: true,
      events: 41,
      streams: 1,
      blobs: 1,
      findings: [],
    });
  });

  it.each([
    ['data', 'realm-17', 'realm-71'],
    ['a salt', 'a-salt-of', 'b-salt-of'],
    ['an actor', 'ada', 'eve'],
  ])('finds altered %s', async (_, search, by) => {
    const { intact, findings } = await verifyRecord(altered(search, by), root);
    expect(intact).toBe(false);
    expect(findings[0]).toMatchObject({ kind: 'record', position: expect.stringMatching(/^\d+$/) });
  });

  it('finds every byte of a record that is changed, its time and position among them', async () => {
    const bytes = readFileSync(file(original));
    const at = bytes.indexOf('realm-23');
    for (let offset = -40; offset < 60; offset += 7) {
      const data = copy();
      const changed = Buffer.from(bytes);
      changed[at + offset]! ^= 0x01;
      writeFileSync(file(data), changed);
      expect({ offset, intact: (await verifyRecord(data, root)).intact }).toEqual({ offset, intact: false });
    }
  });

  it('names a blob that was altered, and one that is gone', async () => {
    const data = copy();
    const digest = sha256('the bytes');
    const blob = join(data, 'blobs', digest.slice(0, 2), digest);
    writeFileSync(blob, 'others');
    expect((await verifyRecord(data, root)).findings).toMatchObject([{ kind: 'blob', position: '40' }]);
    rmSync(blob);
    expect((await verifyRecord(data, root)).findings).toMatchObject([
      { message: expect.stringContaining('is not there') },
    ]);
  });

  it('tells of a file that is no event store in words', async () => {
    const data = copy();
    writeFileSync(file(data), 'nonsense'.repeat(4096));
    expect((await verifyRecord(data, root)).findings).toMatchObject([{ kind: 'store' }]);
  });

  it('exports a seal that finds a tail which was cut off, and the events as lines', async () => {
    const sealed = await captured(
      program,
      ['export', '--seal', '--output', 'seal.json', '--data', original, '--json'],
      { cwd: root },
    );
    expect(sealed.json()).toEqual({ file: 'seal.json' });
    const verified = await captured(
      program,
      ['verify', '--seal', 'seal.json', '--data', original, '--json'],
      { cwd: root },
    );
    expect(verified.json()).toMatchObject({ intact: true, seals: 1 });
    const shorter = join(root, 'shorter');
    const { out } = await captured(program, ['export', '--data', original], { cwd: root });
    const lines = out.trim().split('\n');
    expect(lines).toHaveLength(41);
    const store = await openEmbeddedEventStore({ folder: join(shorter, 'events') });
    const events = lines
      .slice(0, 30)
      .map(
        (line) =>
          JSON.parse(line) as { id: string; type: string; data: unknown; salt: string; metadata: never },
      );
    await store.append('region-data', events, { expected: 'absent' });
    await store.close();
    expect(await captured(program, ['verify', '--data', shorter, '--json'], { cwd: root })).toMatchObject({
      code: 0,
    });
    const cut = await captured(program, ['verify', '--seal', 'seal.json', '--data', shorter, '--json'], {
      cwd: root,
    });
    expect(cut.json()).toMatchObject({
      intact: false,
      findings: [{ kind: 'seal', message: expect.stringContaining('cut off') }],
    });
    writeFileSync(join(root, 'no-seal.json'), '{}');
    const refused = await captured(
      program,
      ['verify', '--seal', 'no-seal.json', '--data', original, '--json'],
      { cwd: root },
    );
    expect(refused.json()).toMatchObject({ code: 'audit/invalid-seal' });
  });

  it('reads beside the writer', async () => {
    const data = copy();
    const writer = await openEmbeddedEventStore({ folder: join(data, 'events') });
    expect((await verifyRecord(data, root)).intact).toBe(true);
    await writer.close();
  });

  it('tells of a file that was cut short in words', async () => {
    const data = copy();
    truncateSync(file(data), 8192);
    expect((await verifyRecord(data, root)).findings).toMatchObject([
      { kind: 'store', message: expect.stringContaining('cut short') },
    ]);
    const refused = await captured(program, ['replay', '--data', data, '--json'], { cwd: root });
    expect(refused.json()).toMatchObject({ code: 'store/unavailable' });
  });
});

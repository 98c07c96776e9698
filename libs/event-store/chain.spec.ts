import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type CommandContext, type RecordedEvent } from '#libs/kernel';
import { MemoryEventStore } from './adapters/memory/index.js';
import {
  chainEvents,
  chainHash,
  ChainVerifier,
  checkLink,
  EMPTY_CHAIN,
  eventId,
  verifyStream,
} from './chain.js';
import { LogHeads, sealLog, SEALS, SealsCheck } from './seal.js';
import { collect, headAfter, newEvents } from './testing/events.js';

const context: CommandContext = {
  commandId: 'k',
  actor: 'a',
  occurredAt: '2026-01-01T00:00:00.000Z',
  correlationId: 'c',
};

async function log(): Promise<RecordedEvent[]> {
  const store = new MemoryEventStore();
  for (const stream of ['one', 'two']) {
    const first = newEvents(stream, 3);
    await store.append(stream, first, { expected: 'absent' });
    await store.append(stream, newEvents(stream, 2, { head: headAfter(first, 2n) }), { expected: 2n });
  }
  return collect(store.readAll());
}

const redact = (event: RecordedEvent): RecordedEvent => ({ ...event, data: null, salt: '' });

describe('hash chain', () => {
  it('derives the ids of events from command, stream and index', () => {
    const id = eventId('k', 's', 0);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(eventId('k', 's', 0)).toBe(id);
    expect(new Set([id, eventId('k', 's', 1), eventId('k', 't', 0), eventId('l', 's', 0)]).size).toBe(4);
  });

  it('names the first event that was changed in any field', async () => {
    const events = (await log()).filter((e) => e.stream === 'one');
    expect(verifyStream(events)).toBeNull();
    const changes: [string, Partial<RecordedEvent>][] = [
      ['data', { data: { n: 99 } }],
      ['data', { salt: 'other' }],
      ['hash', { id: 'x' }],
      ['hash', { type: 'X' }],
      ['hash', { stream: 'X' }],
      ['revision-gap', { revision: 9n }],
      ['hash', { metadata: { ...events[2]!.metadata, actor: 'someone-else' } }],
      ['link', { metadata: { ...events[2]!.metadata, previousHash: events[0]!.metadata.hash } }],
    ];
    for (const [kind, change] of changes) {
      const altered = events.with(2, { ...events[2]!, ...change });
      expect(verifyStream(altered)).toMatchObject({ kind, position: events[2]!.position });
    }
    expect(verifyStream(events.toSpliced(2, 1))).toMatchObject({ kind: 'revision-gap' });
  });

  it('breaks at the successor where an event was changed and its own hash recomputed', async () => {
    const events = (await log()).filter((e) => e.stream === 'one');
    const metadata = { ...events[2]!.metadata, actor: 'someone-else' };
    const forged = { ...events[2]!, metadata: { ...metadata, hash: chainHash({ ...events[2]!, metadata }) } };
    expect(verifyStream(events.with(2, forged))).toMatchObject({ kind: 'link', revision: 3n });
  });

  it('holds over redacted data that a notice names, and tells of data that is gone without one', async () => {
    const events = await log();
    const verifier = new ChainVerifier();
    const notice = chainEvents(
      'redactions',
      EMPTY_CHAIN,
      [{ type: 'EventRedacted', data: { event: events[1]!.id, ticket: 'T-1' } }],
      context,
      () => 's',
    ).events[0]!;
    const recorded = { ...notice, stream: 'redactions', revision: 0n, position: 10n, recordedAt: '' };
    const redacted = events.with(1, redact(events[1]!)).with(4, redact(events[4]!));
    expect([...redacted, recorded].map((e) => verifier.check(e)).filter(Boolean)).toEqual([]);
    expect(verifier.redactions().map((r) => [r.event.id, r.ticket])).toEqual([[events[1]!.id, 'T-1']]);
    expect(verifier.finish()).toMatchObject([{ kind: 'redacted-without-notice', eventId: events[4]!.id }]);
  });

  it('links whatever data and metadata JSON can say', () => {
    const contexts = fc.record(
      {
        commandId: fc.string(),
        actor: fc.string(),
        occurredAt: fc.string(),
        correlationId: fc.string(),
        causationId: fc.string(),
        ticket: fc.string(),
        bodyDigest: fc.string(),
      },
      { requiredKeys: ['commandId', 'actor', 'occurredAt', 'correlationId'] },
    );
    const values = fc.array(fc.jsonValue(), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(contexts, values, (context, values) => {
        const plain = values.map((value) => ({
          type: 'T',
          data: JSON.parse(JSON.stringify(value)) as unknown,
        }));
        const { events } = chainEvents('s', EMPTY_CHAIN, plain, context, () => 'salt');
        let head = EMPTY_CHAIN;
        for (const [i, event] of events.entries()) {
          const recorded = {
            ...event,
            stream: 's',
            revision: BigInt(i),
            position: BigInt(i),
            recordedAt: '',
          };
          expect(checkLink(head, recorded)).toBeNull();
          head = { revision: BigInt(i), hash: event.metadata.hash };
        }
      }),
    );
  });
});

describe('seal', () => {
  const sealOf = (events: readonly RecordedEvent[]) => {
    const heads = new LogHeads();
    for (const event of events) heads.add(event);
    return heads.seal();
  };
  const check = (seal: NonNullable<ReturnType<typeof sealOf>>, events: readonly RecordedEvent[]) => {
    const checking = new SealsCheck([seal]);
    for (const event of events) checking.add(event);
    return checking.finish()[0];
  };

  it('holds while the log grows, and finds what was cut off, left out or altered', async () => {
    const events = await log();
    const seal = sealOf(events.slice(0, 8))!;
    expect(check(seal, events)).toBeNull();
    expect(check(seal, events.slice(0, 8))).toBeNull();
    expect(check(seal, events.slice(0, 7))).toContain('cut off');
    expect(check(seal, [])).toContain('empty');
    expect(check(seal, events.toSpliced(3, 1))).toContain('8 events were sealed');
    const forged = { ...events[4]!, metadata: { ...events[4]!.metadata, hash: 'forged' } };
    expect(check(seal, events.with(4, forged))).toContain('altered');
    expect(sealOf([])).toBeNull();
  });

  it('is checked with others in one pass, each told in its place', async () => {
    const events = await log();
    const [early, late] = [sealOf(events.slice(0, 3))!, sealOf(events.slice(0, 8))!];
    const checking = new SealsCheck([late, early, { ...early, count: 9 }, late]);
    for (const event of events.toSpliced(5, 1)) checking.add(event);
    expect(checking.finish()).toEqual([
      expect.stringContaining('8 events were sealed'),
      null,
      expect.stringContaining('9 events were sealed'),
      expect.stringContaining('8 events were sealed'),
    ]);
  });

  it('is appended to the log that it seals, again and again', async () => {
    const store = new MemoryEventStore();
    const heads = new LogHeads();
    const seal = async (n: number) => {
      await heads.readOn(store);
      return sealLog(store, heads, { ...context, commandId: `seal-${n}` }, () => 's');
    };
    expect(await seal(0)).toBeNull();
    await store.append('one', newEvents('one', 3), { expected: 'absent' });
    expect(await seal(1)).toMatchObject({ count: 3, position: '2' });
    const second = (await seal(2))!;
    expect(second).toMatchObject({ count: 4, position: '3' });
    const events = await collect(store.readAll());
    expect(check(second, events)).toBeNull();
    expect(verifyStream(events.filter((e) => e.stream === SEALS))).toBeNull();
  });
});

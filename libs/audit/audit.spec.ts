import { beforeEach, describe, expect, it } from '@jest/globals';
import { type BuildEvent } from '#libs/builds/contract';
import { type CapabilityEvent } from '#libs/capabilities/contract';
import { type CompilationEvent } from '#libs/compilation/contract';
import { chainEvents, EMPTY_CHAIN, type ChainHead, type Seal } from '#libs/event-store/audit';
import { MemoryEventStore } from '#libs/event-store/adapters/memory';
import { type DomainEvent, type RecordedEvent } from '#libs/kernel';
import { type RegionDataEvent } from '#libs/region-data/contract';
import { type ReleaseEvent } from '#libs/releases/contract';
import { difference, logPoint, replay, sealOf, verifyLog, type Scanned } from './index.js';

type Any = RegionDataEvent | BuildEvent | ReleaseEvent | CapabilityEvent | CompilationEvent | DomainEvent;

/** A log as contexts write it, event by event, a second apart. */
class Log {
  readonly store = new MemoryEventStore(() => new Date((this.now += 1000)).toISOString());
  private now = Date.parse('2026-01-01T00:00:00.000Z');
  private readonly heads = new Map<string, ChainHead>();
  private commands = 0;

  async write(
    stream: string,
    event: Any,
    context: { correlation?: string; actor?: string; ticket?: string } = {},
  ) {
    this.commands += 1;
    const before = this.heads.get(stream) ?? EMPTY_CHAIN;
    const { events, head } = chainEvents(
      stream,
      before,
      [event],
      {
        commandId: `c${this.commands}`,
        actor: context.actor ?? 'mfo',
        occurredAt: '2026-01-01T00:00:00.000Z',
        correlationId: context.correlation ?? `c${this.commands}`,
        ...(context.ticket !== undefined && { ticket: context.ticket }),
      },
      () => `salt-${this.commands}`,
    );
    this.heads.set(stream, head);
    await this.store.append(stream, events, { expected: before.revision < 0n ? 'absent' : before.revision });
  }

  async events(): Promise<RecordedEvent[]> {
    const all: RecordedEvent[] = [];
    for await (const event of this.store.readAll()) all.push(event);
    return all;
  }
}

const region = 'sea';
const operation = (
  release: string,
  node: string,
  action: 'create' | 'update' | 'publish',
  key = `${release}:${node}`,
) => ({
  release,
  region,
  node,
  key,
  attempt: 1,
  action,
  digest: 'd',
  epoch: 1,
});

/** One region's first build with an edit half-way and a change of process, then an update build. */
async function story(log: Log): Promise<void> {
  const data = (event: RegionDataEvent, context = {}) => log.write('region-data', event, context);
  const build = (event: BuildEvent, context = {}) => log.write(`build-${event.data.build}`, event, context);
  const release = (event: ReleaseEvent) =>
    log.write(`release-${event.data.release}`, event, { correlation: 'edit' });
  const compiled = (after: string, revision: string, recompiled: string[], changed: string[]) =>
    log.write('compilation', {
      type: 'RegionDataCompiled',
      data: { after, revision, flocks: 3, recompiled, changed, regions: [], touched: [], detail: 'x' },
    });
  const merged = (name: string, regionData: string, added: number): Promise<void> =>
    build({
      type: 'BuildGraphMerged',
      data: {
        build: name,
        region,
        regionData,
        versions: { target: null, vibe: null },
        graph: 'x',
        nodes: 3,
        added,
        removed: 0,
        changed: 0,
        blockedFlocks: [],
        facts: { state: 'none', targetAvailable: true, held: false },
      },
    });
  const opened = (name: string, number: number, kind: 'first' | 'update'): Promise<void> =>
    build({
      type: 'BuildOpened',
      data: { build: name, region, number, kind, reason: 'r', hostRegion: null },
    });
  const sent = (name: string, of: string, nodes: string[]): Promise<void> =>
    release({
      type: 'ReleaseSent',
      data: {
        release: name,
        build: of,
        region,
        environment: 'target',
        flock: 'dns',
        version: '1',
        target: 't',
        round: 1,
        to: { region, environment: 'target' },
        content: 'x',
        nodes,
        approval: 'auto',
      },
    });
  const done = async (
    name: string,
    node: string,
    action: 'create' | 'update' | 'publish',
    key?: string,
  ): Promise<void> => {
    await release({ type: 'OperationStarted', data: operation(name, node, action, key) });
    await release({
      type: 'OperationSucceeded',
      data: { ...operation(name, node, action, key), outputs: {} },
    });
  };
  const leased = (name: string, regional: string): Promise<void> =>
    release({ type: 'LeaseGranted', data: { release: name, region, regional, epoch: 1 } });

  await data({ type: 'RealmAdded', data: { realm: 'realm1', attributes: { name: 'realm1' } } });
  await data({
    type: 'RegionAdded',
    data: {
      region,
      regions: { internal_name: region, public_name: 'us-seattle-1', realm: 'realm1' },
      all_regions: {
        name: 'us-seattle-1',
        realm: 'realm1',
        state: 'none',
        ViBE_region: null,
        dns_suffix: 'old',
      },
    },
  });
  await opened('sea-1', 1, 'first');
  await merged('sea-1', '1', 2);
  await sent('r1', 'sea-1', ['a', 'b']);
  await leased('r1', 'one');
  await done('r1', 'a', 'create');
  await data({
    type: 'ExecutionTargetAdded',
    data: { region, name: 'dc-2', attributes: { region, name: 'dc-2' } },
  });
  await compiled('1', '2', ['dns', 'vcn'], ['dns']);
  await merged('sea-1', '2', 1);
  await leased('r1', 'two');
  await done('r1', 'b', 'create');
  await done('r1', 'p', 'publish');
  await log.write('capabilities-sea', {
    type: 'CapabilityBecameAvailable',
    data: { region, environment: 'target', name: 'dns', outputs: {} },
  });
  await data({
    type: 'RegionStateChanged',
    data: { region, from: 'none', to: 'Production', cause: { by: 'mfo', build: 'sea-1' } },
  });
  await build({
    type: 'BuildCompleted',
    data: { build: 'sea-1', region, covers: '3', versions: { target: null, vibe: null } },
  });
  await data(
    {
      type: 'RegionEdited',
      data: { region, changes: [{ set: 'all_regions', attribute: 'dns_suffix', from: 'old', to: 'new' }] },
    },
    { correlation: 'edit', actor: 'ada', ticket: 'CHG-1' },
  );
  await compiled('3', '4', ['dns'], ['dns']);
  await opened('sea-2', 2, 'update');
  await merged('sea-2', '4', 0);
  await sent('r2', 'sea-2', ['a']);
  await done('r2', 'a', 'update');
  await build({
    type: 'BuildCompleted',
    data: { build: 'sea-2', region, covers: '4', versions: { target: null, vibe: null } },
  });
}

describe('an auditor with a log', () => {
  let log: Log;
  beforeEach(async () => {
    log = new Log();
    await story(log);
  });

  it('tells the story of a build from events alone', async () => {
    expect(await replay(log.store.readAll())).toMatchObject({
      region: 'us-seattle-1',
      state: 'Production',
      releases: 2,
      operations: 3,
      capabilities: 1,
      seconds: 15,
      midBuild: { recompiled: 2, flocks: 3, equal: 1, added: 1, removed: 0, kept: 1, redone: 0 },
      kill: { effectsBefore: 1, lost: 0, twice: 0 },
      edit: { recompiled: ['dns'], add: 0, change: 1, destroy: 0, untouched: 1 },
      states: { 'us-seattle-1': 'Production' },
      available: { 'us-seattle-1': ['target/dns'] },
    });
  });

  it('gives region data, states and capabilities as they were at a position and at a time', async () => {
    const events = await log.events();
    const edit = events.find((e) => e.type === 'RegionEdited')!;
    const before = await replay(log.store.readAll(), {
      at: { position: edit.position - 1n },
      region: 'us-seattle-1',
    });
    const at = await replay(log.store.readAll(), { at: logPoint(edit.recordedAt), region: 'sea' });
    expect(before.regionData.all_regions[0]).toMatchObject({ dns_suffix: 'old', state: 'Production' });
    expect(at.regionData.all_regions[0]).toMatchObject({ dns_suffix: 'new' });
    expect(at.position).toBe(String(edit.position));
    const early = await replay(log.store.readAll(), { at: { position: 1n } });
    expect(early).toMatchObject({
      region: null,
      states: { 'us-seattle-1': 'none' },
      available: {},
      operations: 0,
    });
    expect((await replay(log.store.readAll(), { at: { position: -1n } })).regionData.regions).toEqual([]);
  });

  it('reads points as positions and as times, and nothing else', () => {
    expect(logPoint('12')).toEqual({ position: 12n });
    expect(logPoint('2026-01-01T00:00:01Z')).toEqual({ time: Date.parse('2026-01-01T00:00:01Z') });
    for (const text of ['', 'yesterday', '12x', '2026-13-45']) expect(logPoint(text)).toBeNull();
  });

  it('groups what followed by what caused it', async () => {
    const edit = (await log.events()).find((e) => e.type === 'RegionEdited')!;
    const { causes, from, to } = await difference(log.store.readAll(), {
      from: { position: edit.position - 1n },
    });
    expect([from, BigInt(to) > edit.position]).toEqual([String(edit.position - 1n), true]);
    expect(causes.find((c) => c.correlationId === 'edit')).toMatchObject({
      actor: 'ada',
      ticket: 'CHG-1',
      changes: [
        {
          what: 'us-seattle-1',
          attributes: [{ attribute: 'dns_suffix', from: 'old', to: 'new' }],
          paths: ['local.all_regions[*].dns_suffix', 'local.region.dns_suffix'],
        },
      ],
      // The compilation bears another correlation; it counts because it covers the revision.
      compilations: [{ revision: '4', recompiled: ['dns'], flocks: 3 }],
      releases: [{ release: 'r2', flock: 'dns' }],
      operations: [{ node: 'a', action: 'update' }],
    });
  });

  const scanOf = (events: readonly RecordedEvent[]) => (): Iterable<Scanned> =>
    events.map((event) => ({ position: event.position, event }));

  it('finds nothing in an intact log, and any altered value in every record', async () => {
    const events = await log.events();
    expect(await verifyLog({ scan: scanOf(events) })).toMatchObject({
      intact: true,
      events: events.length,
      findings: [],
    });
    const alter: ((event: RecordedEvent) => RecordedEvent)[] = [
      (e) => ({ ...e, data: { ...(e.data as object), forged: true } }),
      (e) => ({ ...e, type: 'Forged' }),
      (e) => ({ ...e, salt: 'forged' }),
      (e) => ({ ...e, metadata: { ...e.metadata, actor: 'forger' } }),
      (e) => ({ ...e, metadata: { ...e.metadata, ticket: 'forged' } }),
    ];
    for (const [i, event] of events.entries())
      for (const change of alter) {
        const altered = events.with(i, change(event));
        const { intact, findings } = await verifyLog({ scan: scanOf(altered) });
        expect(intact).toBe(false);
        expect(findings.map((f) => f.position)).toContain(String(event.position));
      }
  });

  it('finds by an exported seal what was cut off, and what was left out', async () => {
    const events = await log.events();
    const seal = sealOf(scanOf(events)()) as Seal;
    expect((await verifyLog({ scan: scanOf(events), seal })).intact).toBe(true);
    const cut = events.slice(0, -1);
    expect((await verifyLog({ scan: scanOf(cut) })).intact).toBe(true);
    expect((await verifyLog({ scan: scanOf(cut), seal })).findings).toMatchObject([{ kind: 'seal' }]);
    const without = events.filter((e) => e.stream !== 'compilation');
    expect((await verifyLog({ scan: scanOf(without), seal })).intact).toBe(false);
    await log.write('region-data', { type: 'BuildHoldLifted', data: { region } });
    expect((await verifyLog({ scan: scanOf(await log.events()), seal })).intact).toBe(true);
  });

  it('names blobs that are gone or were altered', async () => {
    const events = await log.events();
    const gone = await verifyLog({ scan: scanOf(events), blob: async () => null });
    expect(gone.findings[0]).toMatchObject({
      kind: 'blob',
      message: expect.stringContaining('is not there'),
    });
    const altered = await verifyLog({
      scan: scanOf(events),
      blob: async () => Promise.reject(new Error('altered')),
    });
    expect(altered.findings[0]).toMatchObject({
      kind: 'blob',
      message: expect.stringContaining('was altered'),
    });
    expect((await verifyLog({ scan: scanOf(events), blob: async () => new Uint8Array() })).intact).toBe(true);
  });
});

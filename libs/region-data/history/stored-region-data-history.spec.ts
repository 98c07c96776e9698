import { beforeEach, describe, expect, it } from '@jest/globals';
import { AggregateStore } from '#libs/event-store';
import { MemoryEventStore } from '#libs/event-store/adapters/memory';
import { type CommandContext } from '#libs/kernel';
import { injectRegion, injectSubsets, type RegionDataCommand } from '../contract/index.js';
import { regionDataAggregate, StoredRegionDataHistory } from './index.js';

describe('history of region data', () => {
  let now: number;
  let store: MemoryEventStore;
  let aggregates: AggregateStore;
  let history: StoredRegionDataHistory;
  let commands: number;

  const run = (command: RegionDataCommand) => {
    commands += 1;
    const context: CommandContext = {
      commandId: `c${commands}`,
      actor: 'ada',
      occurredAt: '2026-01-01T00:00:00.000Z',
      correlationId: 'x',
      ticket: 'CHG-1',
    };
    return aggregates.execute(regionDataAggregate, 'region-data', command, context);
  };

  beforeEach(async () => {
    now = Date.parse('2026-01-01T00:00:00.000Z');
    commands = 0;
    store = new MemoryEventStore(() => new Date((now += 1000)).toISOString());
    aggregates = new AggregateStore(store);
    history = new StoredRegionDataHistory(store);
    await run({ type: 'AddRealm', realm: 'realm1', attributes: { tier: 1 } });
    await run({ type: 'AddRegion', region: 'iad', public_name: 'us-ashburn-1', realm: 'realm1' });
    await run({
      type: 'AddRegion',
      region: 'sea',
      public_name: 'us-seattle-1',
      realm: 'realm1',
      vibe: { host_region: 'us-ashburn-1' },
    });
  });

  const suffixAt = async (point: Parameters<StoredRegionDataHistory['at']>[0]) =>
    (await history.at(point)).document.all_regions.find((r) => r.name === 'us-seattle-1')?.['dns_suffix'];

  it('tells the value at a revision, a position and a time', async () => {
    await run({ type: 'EditRegion', region: 'sea', set: { dns_suffix: 'a.example' } });
    await run({ type: 'EditRegion', region: 'sea', set: { dns_suffix: 'b.example' } });
    expect((await history.current()).revision).toBe(5n);
    expect(await suffixAt({ revision: 5n })).toBe('b.example');
    expect(await suffixAt({ revision: 4n })).toBe('a.example');
    expect(await suffixAt({ revision: 3n })).toBeUndefined();
    expect(await suffixAt({ position: 4n })).toBe('a.example');
    expect((await history.at({ time: '2026-01-01T00:00:01.500Z' })).document.regions).toEqual([]);
    expect((await history.at({ time: '2025-01-01T00:00:00Z' })).revision).toBe(-1n);
    expect(await suffixAt({ time: '2027-01-01T00:00:00Z' })).toBe('b.example');
  });

  it('answers the same from far back as it did when it was new', async () => {
    for (let i = 0; i < 700; i += 1)
      await run({ type: 'EditRegion', region: 'sea', set: { dns_suffix: `s${i}` } });
    for (const i of [0, 1, 251, 252, 253, 400, 600, 635, 699])
      expect([i, await suffixAt({ revision: 4n + BigInt(i) })]).toEqual([i, `s${i}`]);
    const fresh = new StoredRegionDataHistory(store);
    expect((await fresh.at({ revision: 300n })).document).toEqual(
      (await history.at({ revision: 300n })).document,
    );
    expect(await fresh.changedPaths(-1n, 0n)).toEqual([{ path: 'local.realms' }]);
  });

  it('waits for a revision that is under way', async () => {
    const waiting = history.current(4n);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await run({ type: 'EditRegion', region: 'sea', set: { a: 1 } });
    expect((await waiting).revision).toBe(4n);
  });

  it('reports the paths that changed in between, each once', async () => {
    await run({ type: 'EditRegion', region: 'sea', set: { dns: { suffix: 'a', zone: 1 } }, notes: 'n' });
    await run({ type: 'EditRegion', region: 'sea', set: { dns: { suffix: 'b', zone: 1 } } });
    await run({ type: 'EditRegion', region: 'sea', notes: 'other' });
    await run({ type: 'EditRegion', region: 'sea', set: { dns: { suffix: 'c', zone: 1 } } });
    await run({ type: 'PlaceBuildHold', region: 'sea', reason: 'r' });
    expect(await history.changedPaths(4n, 8n)).toEqual([
      { path: 'local.all_regions[*].dns.suffix', region: 'sea' },
      { path: 'local.region.dns.suffix', region: 'sea' },
    ]);
    expect(await history.changedPaths(5n, 6n)).toEqual([]);
    expect((await history.current()).beside.heldRegions).toEqual(new Set(['sea']));
  });

  it('injects what a fleet and a region see, without deprecated regions anywhere (ST-12)', async () => {
    await run({ type: 'AddAvailabilityDomain', region: 'us-seattle-1', name: 'ad1' });
    await run({
      type: 'DefineSubset',
      subset: 'west',
      entries: ['us-seattle-1', { name: 'us-seattle-1' }, 'other'],
    });
    await run({ type: 'EditRegion', region: 'iad', set: { pair: 'us-seattle-1' }, notes: 'secret' });
    const { document } = await history.current();
    expect(injectRegion(document, 'sea')).toEqual({
      region: {
        internal_name: 'sea',
        public_name: 'us-seattle-1',
        realm: 'realm1',
        name: 'us-seattle-1',
        state: 'none',
        ViBE_region: 'sea-vibe',
        target_available: false,
      },
      realm: { name: 'realm1', tier: 1, regions: ['us-ashburn-1', 'us-seattle-1'] },
    });
    expect(JSON.stringify(injectSubsets(document))).not.toContain('secret');
    const deprecated = {
      ...document,
      all_regions: document.all_regions.map((r) =>
        r.name === 'us-seattle-1' ? { ...r, state: 'Deprecated' as const } : r,
      ),
    };
    expect(injectRegion(deprecated, 'sea')).toBeNull();
    const injected = injectSubsets(deprecated);
    expect(JSON.stringify(injected)).not.toContain('seattle');
    expect(injected['west']).toEqual(['other']);
    expect(injected['all_regions']).toMatchObject([{ name: 'us-ashburn-1', pair: null }]);
    expect(injected['realms']).toEqual([{ name: 'realm1', tier: 1, regions: ['us-ashburn-1'] }]);
    expect(injected['availability_domains']).toEqual([]);
    expect(injected['vibes']).toEqual([]);
  });
});

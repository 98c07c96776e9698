import { beforeEach, describe, expect, it } from '@jest/globals';
import { AggregateStore } from '#libs/event-store';
import { MemoryEventStore } from '#libs/event-store/adapters/memory';
import { type Refused, type CommandContext, type RecordedEvent } from '#libs/kernel';
import { type RegionDataEvent, type RegionRow } from '../contract/index.js';
import { exportRegionData } from '../document/index.js';
import { ReadThroughImports, regionDataAggregate, StoredRegionDataHistory } from '../history/index.js';
import { regionsProjection } from '../projections/index.js';
import { importRegionData } from './index.js';

const size = 1200;
const names = Array.from({ length: size }, (_, i) => `r${i}`);
const fleet = (suffix: string) =>
  JSON.stringify({
    realms: [{ name: 'realm1' }],
    regions: names.map((name) => ({ internal_name: name, public_name: `us-${name}`, realm: 'realm1' })),
    all_regions: names.map((name) => ({
      name: `us-${name}`,
      realm: 'realm1',
      state: 'Production',
      dns: `${name}.${suffix}`,
    })),
    execution_targets: names.map((name) => ({ name: 'et1', region: name })),
  });

describe('import of a large document', () => {
  let store: MemoryEventStore;
  let aggregates: AggregateStore;
  const context = (commandId: string, ticket?: string): CommandContext => ({
    commandId,
    actor: 'ada',
    occurredAt: '2026-01-01T00:00:00.000Z',
    correlationId: commandId,
    ...(ticket && { ticket }),
  });
  const run = (text: string, id: string, ticket?: string) =>
    importRegionData(aggregates, { text, filename: 'f.json', mayAdopt: true }, context(id, ticket));

  beforeEach(() => {
    store = new MemoryEventStore();
    aggregates = new AggregateStore(store);
  });

  const inStream = async (stream: string) => {
    const events: RecordedEvent[] = [];
    for await (const event of store.readStream(stream)) events.push(event);
    return events;
  };

  it('is staged, committed by one event, and read through by folds, history and projections', async () => {
    const { staged, events, executed } = await run(fleet('a'), 'ada/1');
    expect([staged, events, executed.revision]).toEqual([true, 1 + 2 * size, 0n]);
    expect((await inStream('region-data')).map((e) => e.type)).toEqual(['RegionDataImported']);
    expect((await inStream('region-data-import-ada/1')).length).toBeGreaterThan(5);

    const { state } = await aggregates.load(regionDataAggregate, 'region-data');
    expect(state.regions.size).toBe(size);
    expect(state.regions.get('r7')?.revision).toBe(0n);
    await aggregates.execute(
      regionDataAggregate,
      'region-data',
      { type: 'EditRegion', region: 'us-r7', set: { a: 1 }, ifMatch: '0' },
      context('ada/2', 'CHG-1'),
    );

    const history = new StoredRegionDataHistory(store);
    const now = await history.current();
    expect([now.revision, now.document.execution_targets.length]).toEqual([1n, size]);
    expect(exportRegionData((await history.at({ revision: 0n })).document, 'json')).not.toContain('"a": 1');
    expect(await history.changedPaths(-1n, 0n)).toContainEqual({ path: 'local.all_regions', region: 'r7' });

    let row: RegionRow | null = null;
    for await (const event of new ReadThroughImports(store).readStream('region-data')) {
      const recorded = event as RecordedEvent<RegionDataEvent>;
      if (regionsProjection.keys(recorded).includes('r7')) row = regionsProjection.apply(row, recorded, 'r7');
    }
    expect(row).toMatchObject({
      region: 'r7',
      publicName: 'us-r7',
      state: 'Production',
      nextStates: ['Paused'],
      executionTargets: 1,
      buildable: true,
      revision: '1',
      ticket: 'CHG-1',
      attributes: { dns: 'r7.a', a: 1 },
    });
  });

  it('is answered with the first result under its command id, and changes nothing under another', async () => {
    await run(fleet('a'), 'ada/1');
    const again = await run(fleet('a'), 'ada/1');
    expect([again.executed.repeated, again.events, again.staged]).toEqual([true, 1 + 2 * size, true]);
    expect((await run(fleet('a'), 'ada/2', 'CHG-1')).events).toBe(0);
    expect(await inStream('region-data')).toHaveLength(1);
  });

  it('goes on from what was staged before it was cut off', async () => {
    const cut = new (class extends ReadThroughImports {
      left = 1;
      override async append(...args: Parameters<ReadThroughImports['append']>) {
        if (this.left-- === 0) throw new Error('killed');
        return super.append(...args);
      }
    })(store);
    const dying = new AggregateStore(cut);
    const request = { text: fleet('a'), filename: 'f.json', mayAdopt: true };
    await expect(importRegionData(dying, request, context('ada/1'))).rejects.toThrow('killed');
    const before = await inStream('region-data-import-ada/1');
    expect(before.length).toBeGreaterThan(0);
    expect(await inStream('region-data')).toEqual([]);
    expect((await new StoredRegionDataHistory(store).current()).document.regions).toEqual([]);
    await run(fleet('a'), 'ada/1');
    const after = await inStream('region-data-import-ada/1');
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.map((e) => (e.data as { chunk: number }).chunk)).toEqual(after.map((_, i) => i));
    expect((await new StoredRegionDataHistory(store).current()).document.regions).toHaveLength(size);
  });

  it('refuses a malformed document with every place, and writes nothing', async () => {
    const error = await run('{ "realms": [{}, { "name": "a b" }] }', 'ada/1').catch((e: unknown) => e);
    expect((error as Refused).refusal).toMatchObject({
      code: 'region-data/invalid-document',
      message: 'f.json (line 1, column 14): "name" must be a text',
    });
    expect((error as Refused).refusal.details?.['diagnostics']).toHaveLength(2);
    expect(await store.head()).toBeNull();
  });
});

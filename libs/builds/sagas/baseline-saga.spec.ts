import { describe, expect, it } from '@jest/globals';
import { type RecordedEvent } from '#libs/kernel';
import { type BaselineEvent } from '../contract/index.js';
import { baselineSaga, type NamedBaseline } from './baseline-saga.js';
import { type RegionDataEvent } from '#libs/region-data/contract';
import { type VersionSetEvent } from '#libs/flocks/contract';

type Event = RegionDataEvent | VersionSetEvent | BaselineEvent;

const recorded = (revision: number, { type, data }: Event): RecordedEvent<Event> => ({
  id: `e${revision}`,
  type,
  stream: 'region-data',
  revision: BigInt(revision),
  position: BigInt(revision),
  recordedAt: '2026-01-01T00:00:00.000Z',
  data,
  salt: '',
  metadata: {
    occurredAt: '2026-01-01T00:00:00.000Z',
    actor: 'ada',
    commandId: `c${revision}`,
    correlationId: 'x',
  } as RecordedEvent['metadata'],
});
const added = (region: string, baseline?: string): RegionDataEvent => ({
  type: 'RegionAdded',
  data: {
    region,
    regions: { internal_name: region, public_name: region, realm: 'r' },
    all_regions: { name: region, state: 'Production', ...(baseline === undefined ? {} : { baseline }) },
  },
});
const named = (region: string, to: string): RegionDataEvent => ({
  type: 'RegionEdited',
  data: { region, changes: [{ set: 'all_regions', attribute: 'baseline', to }] },
});
const taken = (regionData: string): BaselineEvent => ({
  type: 'BaselineTaken',
  data: { region: 'sea', baseline: { set: 'nightly', revision: 3 }, regionData, nodes: 'b', count: 1 },
});
const revised: VersionSetEvent = {
  type: 'VersionSetRevised',
  data: { set: 'nightly', revision: 3, entries: 'e', flocks: 1, artifacts: 0 },
};
const sea = (...events: readonly (readonly [number, Event])[]): NamedBaseline => {
  let state = baselineSaga.initial('sea');
  for (const [revision, event] of events)
    state = baselineSaga.evolve(state, recorded(revision, event), new Map());
  return state;
};
const due = (state: NamedBaseline) => [...baselineSaga.due(state)].map(({ key, command }) => [key, command]);
const take = (regionData: string) => [
  [
    `take:${regionData}`,
    { type: 'TakeBaseline', region: 'sea', baseline: { set: 'nightly', revision: 3 }, regionData },
  ],
];

describe('the baseline saga', () => {
  it('takes the baseline that a region is added with, edited to, or imported with', () => {
    expect(due(sea([4, added('sea', 'nightly@3')]))).toEqual(take('4'));
    expect(due(sea([4, added('sea')], [6, named('sea', 'nightly@3')]))).toEqual(take('6'));
    const imported: RegionDataEvent = {
      type: 'RegionDataImported',
      data: {
        stream: 's',
        count: 2,
        digest: 'd',
        events: [added('sea', 'nightly@3'), added('tac', 'nightly@9')],
      },
    };
    expect(baselineSaga.partitions(recorded(4, imported))).toEqual(['sea', 'tac']);
    expect(due(sea([4, imported]))).toEqual(take('4'));
  });

  it('asks for nothing where none is named, or the region is gone', () => {
    const without = sea([4, added('sea')]);
    expect(due(without)).toEqual([]);
    expect(baselineSaga.isOver!(without)).toBe(true);
    const removed: RegionDataEvent = { type: 'RegionRemoved', data: { region: 'sea' } };
    expect(due(sea([4, added('sea', 'nightly@3')], [5, removed]))).toEqual([]);
  });

  it('is over when it is taken, whatever the order and however often', () => {
    const over = sea([4, added('sea', 'nightly@3')], [9, taken('5')]);
    expect(baselineSaga.isOver!(over)).toBe(true);
    expect(due(sea([4, added('sea', 'nightly@3')], [9, taken('5')], [9, taken('5')]))).toEqual([]);
    // An older one does not answer a region that came back.
    expect(due(sea([9, taken('3')], [4, added('sea', 'nightly@3')], [9, taken('3')]))).toEqual(take('4'));
  });

  it('tries again what was refused when a version set is published', () => {
    expect(baselineSaga.partitions(recorded(5, revised))).toEqual(['*']);
    expect(due(sea([4, added('sea', 'nightly@3')], [5, revised]))).toEqual(take('4'));
  });

  it('asks for the same after it was saved', () => {
    const state = sea([4, added('sea', 'nightly@3')]);
    const saved = JSON.parse(JSON.stringify(baselineSaga.snapshot(state))) as unknown;
    expect([...baselineSaga.due(baselineSaga.restore(saved))]).toEqual([...baselineSaga.due(state)]);
  });
});

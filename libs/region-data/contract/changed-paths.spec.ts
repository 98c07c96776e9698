import { describe, expect, it } from '@jest/globals';
import { changedPathsOf, forecastOf, type RegionDataDocument, type RegionDataEvent } from './index.js';

const document: RegionDataDocument = {
  realms: [{ name: 'realm1' }],
  regions: [{ internal_name: 'sea', public_name: 'us-seattle-1', realm: 'realm1' }],
  all_regions: [
    { name: 'us-seattle-1', realm: 'realm1', state: 'none', ViBE_region: null, target_available: false },
  ],
  vibes: [],
  availability_domains: [],
  execution_targets: [],
  subsets: { west: ['us-seattle-1'] },
};
const paths = (event: RegionDataEvent) =>
  changedPathsOf(event, document).map(({ path, region }) =>
    region === undefined ? path : `${path} (${region})`,
  );
const cause = { by: 'user' } as const;

describe('changed paths', () => {
  it('of a state name the state alone; a deprecated region leaves every set', () => {
    const data = { region: 'sea', from: 'none', to: 'Building', cause } as const;
    expect(paths({ type: 'RegionStateChanged', data })).toEqual([
      'local.all_regions[*].state (sea)',
      'local.region.state (sea)',
    ]);
    const gone = paths({ type: 'RegionStateChanged', data: { ...data, from: 'Paused', to: 'Deprecated' } });
    expect(gone).toEqual(
      expect.arrayContaining(['local.all_regions (sea)', 'local.west', 'local.realms[*].regions']),
    );
  });
  it('of a realm reach its regions', () => {
    const changes = [{ attribute: 'tier', to: 1 }];
    expect(paths({ type: 'RealmEdited', data: { realm: 'realm1', changes } })).toEqual([
      'local.realms[*].tier',
      'local.realm.tier (sea)',
    ]);
  });
  it('of an object name its leaves, and itself where members come or go', () => {
    const edit = (from: object, to: object) =>
      paths({
        type: 'ExecutionTargetEdited',
        data: {
          region: 'sea',
          name: 'e',
          changes: [{ attribute: 'net', from: from as never, to: to as never }],
        },
      });
    expect(edit({ a: 1, b: [1] }, { a: 1, b: [2] })).toEqual(['local.execution_targets[*].net.b (sea)']);
    expect(edit({ a: 1 }, { a: 1, 'b c': 2 })).toEqual([
      'local.execution_targets[*].net (sea)',
      'local.execution_targets[*].net["b c"] (sea)',
    ]);
  });
  it('of what is never injected are none', () => {
    expect(paths({ type: 'RegionEdited', data: { region: 'sea', changes: [], notes: 'n' } })).toEqual([]);
    expect(paths({ type: 'BuildHoldPlaced', data: { region: 'sea', reason: 'r' } })).toEqual([]);
  });
});

it('forecasts a region as Building and available, until it has left Building', () => {
  expect(forecastOf(document, 'sea').all_regions[0]).toMatchObject({
    state: 'Building',
    target_available: true,
  });
  const later = { ...document, all_regions: [{ ...document.all_regions[0]!, state: 'Production' as const }] };
  expect(forecastOf(later, 'sea')).toBe(later);
});

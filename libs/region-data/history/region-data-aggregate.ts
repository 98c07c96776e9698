import { type Aggregate } from '#libs/event-store';
import { regionDataStream, type RegionDataCommand, type RegionDataEvent } from '../contract/index.js';
import { regionDataDecider, type RegionDataState } from '../domain/index.js';
import { withStagedEvents } from './staged-imports.js';

/** The one stream of region data, as `Aggregates` carries out commands on it; its instance is called `region-data`. */
export const regionDataAggregate: Aggregate<RegionDataCommand, RegionDataState, RegionDataEvent> = {
  name: regionDataStream,
  decider: regionDataDecider,
  streamOf: () => regionDataStream,
  expands: {
    types: ['RegionDataImported'],
    // A recorded event is also a domain event; its revision is what the fold counts by.
    events: async (event, store) => [(await withStagedEvents(event, store)) as unknown as RegionDataEvent],
  },
};

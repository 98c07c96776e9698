import { type RecordedEvent, type Saga } from '#libs/kernel';
import {
  versionSelectionEventTypes,
  versionSelectionStream,
  type VersionSelectionEvent,
} from '#libs/flocks/contract';
import { regionDataEventTypes, regionDataStream, type RegionDataEvent } from '#libs/region-data/contract';
import { type CompilationCommand, type CompilationEvent } from '../contract/index.js';

interface Cause {
  readonly eventId: string;
  readonly correlationId: string;
}

/** Revisions and positions as decimal strings; -1 before the first. */
export interface CompilationProgress {
  regionData: string;
  compiledRegionData: string;
  regionDataCause: Cause | null;
  selection: string;
  compiledSelection: string;
  selectionCause: Cause | null;
}

/**
 * Region data and selections of versions in, compilations out. Whatever came since the last compilation is one command: it
 * covers all of it. One instance for the installation, because all flocks read one stream of region data.
 */
export const compilationSaga: Saga<
  CompilationProgress,
  RegionDataEvent | VersionSelectionEvent | CompilationEvent,
  CompilationCommand
> = {
  name: 'compilation',
  version: 1,
  types: [...regionDataEventTypes, ...versionSelectionEventTypes, 'RegionDataCompiled', 'VersionsCompiled'],

  partitions: () => ['fleet'],

  initial: () => ({
    regionData: '-1',
    compiledRegionData: '-1',
    regionDataCause: null,
    selection: '-1',
    compiledSelection: '-1',
    selectionCause: null,
  }),

  evolve(state, event) {
    const cause = { eventId: event.id, correlationId: event.metadata.correlationId };
    if (event.stream === regionDataStream) {
      if (event.revision <= BigInt(state.regionData)) return state;
      state.regionData = String(event.revision);
      state.regionDataCause = cause;
    } else if (event.stream === versionSelectionStream) {
      if (event.position <= BigInt(state.selection)) return state;
      state.selection = String(event.position);
      state.selectionCause = cause;
    } else if (isCompilation(event)) {
      if (event.type === 'RegionDataCompiled')
        state.compiledRegionData = later(state.compiledRegionData, event.data.revision);
      else state.compiledSelection = later(state.compiledSelection, event.data.upTo);
    }
    return state;
  },

  *due(state) {
    // Selections first: a change of region data then concerns the versions that are selected.
    if (BigInt(state.selection) > BigInt(state.compiledSelection))
      yield {
        key: `versions:${state.selection}`,
        command: { type: 'CompileVersions', upTo: state.selection },
        ...(state.selectionCause === null ? {} : { cause: state.selectionCause }),
      };
    if (BigInt(state.regionData) > BigInt(state.compiledRegionData))
      yield {
        key: `region-data:${state.regionData}`,
        command: { type: 'CompileRegionData', revision: state.regionData },
        ...(state.regionDataCause === null ? {} : { cause: state.regionDataCause }),
      };
  },

  snapshot: (state) => ({ ...state }),
  restore: (snapshot) => ({ ...(snapshot as CompilationProgress) }),
};

const later = (a: string, b: string): string => (BigInt(b) > BigInt(a) ? b : a);

function isCompilation(
  event: RecordedEvent<RegionDataEvent | VersionSelectionEvent | CompilationEvent>,
): event is RecordedEvent<CompilationEvent> & (RecordedEvent & CompilationEvent) {
  return event.type === 'RegionDataCompiled' || event.type === 'VersionsCompiled';
}

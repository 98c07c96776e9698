import { type VersionSetEvent, type VersionSetRef } from '#libs/flocks/contract';
import { type Due, type RecordedEvent, type Saga } from '#libs/kernel';
import { type RegionDataEvent } from '#libs/region-data/contract';
import { type BaselineCommand, baselineNamed, type BaselineEvent } from '../contract/index.js';

/** The baseline that region data name and nobody has taken yet. */
export interface NamedBaseline {
  readonly region: string;
  named: { readonly baseline: VersionSetRef; readonly regionData: string } | null;
  cause: Due<BaselineCommand>['cause'];
}

type Event = RegionDataEvent | VersionSetEvent | BaselineEvent;

/** A region adopted as built names the versions that stand there (`all_regions[].baseline`): these are taken as done. Starts no build. */
export const baselineSaga: Saga<NamedBaseline, Event, BaselineCommand> = {
  name: 'baseline',
  version: 1,
  types: [
    'RegionAdded',
    'RegionEdited',
    'RegionRemoved',
    'RegionDataImported',
    // A set may be published after it was named: what was refused is tried again.
    'VersionSetRevised',
    'BaselineTaken',
  ],
  partitions(recorded) {
    const { type, data } = recorded as unknown as Event;
    if (type === 'VersionSetRevised') return ['*'];
    if (type === 'RegionDataImported') return [...new Set((data.events ?? []).flatMap(regionOf))];
    return regionOf({ type, data } as Event);
  },
  initial: (region) => ({ region, named: null, cause: undefined }),
  evolve(state, recorded) {
    const { type, data } = recorded as unknown as Event;
    if (type === 'BaselineTaken') {
      if (state.named && BigInt(data.regionData) >= BigInt(state.named.regionData)) state.named = null;
      return state;
    }
    if (type === 'VersionSetRevised') return state;
    const events = type === 'RegionDataImported' ? (data.events ?? []) : [{ type, data } as RegionDataEvent];
    for (const event of events) if (regionOf(event)[0] === state.region) take(state, event, recorded);
    return state;
  },
  *due({ region, named, cause }) {
    if (named)
      yield {
        key: `take:${named.regionData}`,
        command: { type: 'TakeBaseline', region, ...named },
        ...(cause ? { cause } : {}),
      };
  },
  isOver: ({ named }) => named === null,
  snapshot: ({ region, named, cause }) => ({ region, named, cause: cause ?? null }),
  restore(snapshot) {
    const { region, named, cause } = snapshot as Omit<NamedBaseline, 'cause'> & {
      readonly cause: NamedBaseline['cause'] | null;
    };
    return { region, named, cause: cause ?? undefined };
  },
};

function take(state: NamedBaseline, { type, data }: RegionDataEvent, recorded: RecordedEvent): void {
  if (type === 'RegionRemoved') {
    state.named = null;
    return;
  }
  const value =
    type === 'RegionAdded'
      ? data.all_regions['baseline']
      : type === 'RegionEdited'
        ? data.changes.find((c) => c.set === 'all_regions' && c.attribute === 'baseline')?.to
        : undefined;
  const baseline = baselineNamed(value);
  if (!baseline) return;
  state.named = { baseline, regionData: String(recorded.revision) };
  state.cause = { eventId: recorded.id, correlationId: recorded.metadata.correlationId };
}

const regionOf = ({ type, data }: Event): readonly string[] =>
  type === 'RegionAdded' || type === 'RegionEdited' || type === 'RegionRemoved' || type === 'BaselineTaken'
    ? [data.region]
    : [];

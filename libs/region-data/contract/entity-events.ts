import { type DomainEvent, type RecordedEvent } from '#libs/kernel';
import { type RegionDataEvent } from './events.js';

type Recorded<E extends DomainEvent> = E extends DomainEvent ? RecordedEvent<E> : never;

/** A recorded event of the stream `region-data`; its `type` tells its `data`. */
export type RecordedRegionDataEvent = Recorded<RegionDataEvent>;

/** The events that one of the stream amounts to: itself, or those of a staged import, at its place in the log. */
export function entityEvents(event: RecordedEvent<RegionDataEvent>): readonly RecordedRegionDataEvent[] {
  const recorded = event as RecordedRegionDataEvent;
  if (recorded.type !== 'RegionDataImported') return [recorded];
  return (recorded.data.events ?? []).map((one) => ({ ...event, ...one }));
}

import { type RecordedEvent } from '#libs/kernel';
import { entityEvents, type RegionDataEvent } from '#libs/region-data/contract';
import { type SubscriptionFilter } from '../contract/index.js';

/** Streams whose events are the system's own bookkeeping: nobody is notified of them, not even by a filter for all. */
const internal = ['access', 'notification-subscriptions', 'region-data-import-'];

/** Whether a subscription is about an event. A committed import is about whatever one of its events is about. */
export function matches(filter: SubscriptionFilter, event: RecordedEvent): boolean {
  if (internal.some((name) => event.stream.startsWith(name))) return false;
  const imported =
    event.type === 'RegionDataImported' ? entityEvents(event as RecordedEvent<RegionDataEvent>) : [];
  return [event, ...imported].some((one) => matchesOne(filter, one));
}

function matchesOne({ types, regions, owners }: SubscriptionFilter, { type, data }: RecordedEvent): boolean {
  const named = (typeof data === 'object' && data !== null ? data : {}) as Readonly<Record<string, unknown>>;
  if (types.length > 0 && !types.includes(type)) return false;
  if (regions.length > 0 && !regionsIn(named).some((region) => regions.includes(region))) return false;
  return owners.length === 0 || textsIn(named['owners']).some((owner) => owners.includes(owner));
}

function regionsIn(data: Readonly<Record<string, unknown>>): readonly string[] {
  return [...(typeof data['region'] === 'string' ? [data['region']] : []), ...textsIn(data['regions'])];
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((v) => typeof v === 'string') : [];
}

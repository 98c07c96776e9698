import { isRedacted } from '#libs/event-store/audit';
import { type RecordedEvent } from '#libs/kernel';
import {
  regionDataEventTypes,
  type RegionDataDocument,
  type RegionDataEvent,
  type RegionDataImportEvent,
} from '#libs/region-data/contract';
import {
  documentOf,
  emptyRegionData,
  regionDataDecider,
  type RegionDataState,
} from '#libs/region-data/domain';

const types: ReadonlySet<string> = new Set(regionDataEventTypes);

/** Region data as the log has it so far, staged imports read where they were committed. Events in the order of the log. */
export class RegionDataReplay {
  #state: RegionDataState = emptyRegionData;
  readonly #staged = new Map<string, RegionDataEvent[]>();

  get state(): RegionDataState {
    return this.#state;
  }

  get document(): RegionDataDocument {
    return documentOf(this.#state);
  }

  /** The region's internal name, by either name. */
  internalName(name: string): string | undefined {
    return this.#state.regions.has(name) ? name : this.#state.publicNames.get(name);
  }

  publicName(internalName: string): string {
    return this.#state.regions.get(internalName)?.regions.public_name ?? internalName;
  }

  /** Returns the event as folds take it: an import bears the events that it commits. */
  add(event: RecordedEvent): RecordedEvent {
    if (event.type === 'RegionDataStaged' && !isRedacted(event)) {
      const { digest, events } = event.data as RegionDataImportEvent['data'];
      const key = `${event.stream}\n${digest}`;
      this.#staged.set(key, [...(this.#staged.get(key) ?? []), ...events]);
      return event;
    }
    if (!types.has(event.type)) return event;
    if (isRedacted(event)) {
      this.#state = { ...this.#state, revision: event.revision };
      return event;
    }
    const expanded = this.#expanded(event);
    this.#state = regionDataDecider.evolve(this.#state, expanded as unknown as RegionDataEvent);
    return expanded;
  }

  #expanded(event: RecordedEvent): RecordedEvent {
    if (event.type !== 'RegionDataImported') return event;
    const data = event.data as Extract<RegionDataEvent, { readonly type: 'RegionDataImported' }>['data'];
    const key = `${data.stream}\n${data.digest}`;
    const events = this.#staged.get(key) ?? [];
    this.#staged.delete(key);
    return { ...event, data: { ...data, events } };
  }
}

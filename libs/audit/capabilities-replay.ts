import { isRedacted } from '#libs/event-store/audit';
import { type CapabilityEvent } from '#libs/capabilities/contract';
import { type RecordedEvent } from '#libs/kernel';

/** What is available where, as the log has it so far. Keys: internal name; names as `environment/name`. */
export class CapabilitiesReplay {
  readonly #available = new Map<string, Set<string>>();

  add(event: RecordedEvent): void {
    if (event.type !== 'CapabilityBecameAvailable' && event.type !== 'CapabilityWithdrawn') return;
    if (isRedacted(event)) return;
    const { region, environment, name } = event.data as Extract<
      CapabilityEvent,
      { readonly type: 'CapabilityWithdrawn' }
    >['data'];
    const there = this.#available.get(region) ?? new Set();
    this.#available.set(region, there);
    if (event.type === 'CapabilityBecameAvailable') there.add(`${environment}/${name}`);
    else there.delete(`${environment}/${name}`);
  }

  in(region: string): readonly string[] {
    return [...(this.#available.get(region) ?? [])].sort();
  }

  get regions(): readonly string[] {
    return [...this.#available.keys()].sort();
  }
}

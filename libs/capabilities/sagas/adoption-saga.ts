import { type Due, type Json, type Saga } from '#libs/kernel';
import { type RegionDataEvent } from '#libs/region-data/contract';
import { type CapabilityCommand, type CapabilityEvent, type CapabilityId } from '../contract/index.js';

/** A region's listed capabilities that nobody has published yet. */
export interface Adoption {
  readonly region: string;
  readonly missing: Map<string, CapabilityId>;
  cause: Due<CapabilityCommand>['cause'];
}

/** A region adopted with a state lists the capabilities that it has (`all_regions[].capabilities`): they are available from then on. */
export const adoptionSaga: Saga<Adoption, RegionDataEvent | CapabilityEvent, CapabilityCommand> = {
  name: 'adoption',
  version: 1,
  types: ['RegionAdded', 'CapabilityBecameAvailable'],
  partitions: (event) => ('region' in event.data ? [event.data.region] : []),
  initial: (region) => ({ region, missing: new Map(), cause: undefined }),
  evolve(adoption, event) {
    if (event.type === 'RegionAdded') {
      const listed = (event.data as { all_regions: Readonly<Record<string, Json>> }).all_regions[
        'capabilities'
      ];
      for (const entry of Array.isArray(listed) ? listed : []) {
        const id = idOf(entry as Json);
        if (id) adoption.missing.set(`${id.environment}/${id.name}`, id);
      }
      adoption.cause = { eventId: event.id, correlationId: event.metadata.correlationId };
    } else {
      const { environment, name } = event.data as CapabilityId;
      adoption.missing.delete(`${environment}/${name}`);
    }
    return adoption;
  },
  *due({ region, missing, cause }) {
    if (missing.size > 0)
      yield {
        key: 'adopt',
        command: { type: 'AdoptCapabilities', region, capabilities: [...missing.values()] },
        ...(cause ? { cause } : {}),
      };
  },
  isOver: ({ missing }) => missing.size === 0,
  snapshot: ({ region, missing, cause }) => ({ region, missing: [...missing], cause: cause ?? null }),
  restore(snapshot) {
    const { region, missing, cause } = snapshot as {
      region: string;
      missing: [string, CapabilityId][];
      cause: Adoption['cause'] | null;
    };
    return { region, missing: new Map(missing), cause: cause ?? undefined };
  },
};

/** `"dns"` means the region itself; `{ name, environment }` says where. */
function idOf(entry: Json): CapabilityId | null {
  if (typeof entry === 'string') return { environment: 'target', name: entry };
  if (entry === null || typeof entry !== 'object' || Array.isArray(entry)) return null;
  const { name, environment } = entry as { name?: Json; environment?: Json };
  return typeof name === 'string' ? { environment: environment === 'vibe' ? 'vibe' : 'target', name } : null;
}

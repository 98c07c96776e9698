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
  types: ['RegionAdded', 'RegionDataImported', 'CapabilityBecameAvailable'],
  partitions(event) {
    const { type, data } = event as unknown as RegionDataEvent | CapabilityEvent;
    if (type === 'RegionDataImported') return (data.events ?? []).flatMap(addedRegion);
    return 'region' in data ? [data.region] : [];
  },
  initial: (region) => ({ region, missing: new Map(), cause: undefined }),
  evolve(adoption, event) {
    const { type, data } = event as unknown as RegionDataEvent | CapabilityEvent;
    if (type === 'CapabilityBecameAvailable') {
      adoption.missing.delete(`${data.environment}/${data.name}`);
      return adoption;
    }
    const added = type === 'RegionDataImported' ? (data.events ?? []) : [{ type, data } as RegionDataEvent];
    for (const one of added)
      if (one.type === 'RegionAdded' && one.data.region === adoption.region)
        for (const id of listed(one.data.all_regions['capabilities']))
          adoption.missing.set(`${id.environment}/${id.name}`, id);
    adoption.cause = { eventId: event.id, correlationId: event.metadata.correlationId };
    return adoption;
  },
  *due({ region, missing, cause }) {
    if (missing.size > 0)
      yield {
        key: `adopt:${cause?.eventId ?? ''}`,
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

const addedRegion = (event: RegionDataEvent): readonly string[] =>
  event.type === 'RegionAdded' ? [event.data.region] : [];

/** `"dns"` means the region itself; `{ name, environment }` says where. */
function listed(value: Json | undefined): readonly CapabilityId[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly Json[]).flatMap((entry): readonly CapabilityId[] => {
    if (typeof entry === 'string') return [{ environment: 'target', name: entry }];
    if (entry === null || typeof entry !== 'object' || Array.isArray(entry)) return [];
    const { name, environment } = entry as { readonly name?: Json; readonly environment?: Json };
    return typeof name === 'string'
      ? [{ environment: environment === 'vibe' ? 'vibe' : 'target', name }]
      : [];
  });
}

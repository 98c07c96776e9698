import { type Projection } from '#libs/kernel';
import { type CapabilityEvent, type Publisher } from '../contract/index.js';

export interface CapabilityRow {
  readonly region: string;
  readonly environment: 'vibe' | 'target';
  readonly name: string;
  readonly available: boolean;
  readonly partial: boolean;
  readonly publishers: readonly Publisher[];
  /** Time of the last change of `available`. */
  readonly since: string | null;
  /** Why it is not available any more, or was never. */
  readonly reason: string | null;
}

/** Capabilities of every region; key `region/environment/name`. */
export const capabilitiesProjection: Projection<CapabilityRow, CapabilityEvent> = {
  name: 'capabilities',
  version: 1,
  types: [
    'CapabilityPublished',
    'CapabilityBecameAvailable',
    'CapabilityWithdrawn',
    'CapabilityFalselyPublished',
  ],
  indexes: { region: ['region', 'environment', 'name'] },
  keys: ({ data: { region, environment, name } }) => [`${region}/${environment}/${name}`],
  apply(row, event) {
    const { region, environment, name } = event.data;
    const now: CapabilityRow = row ?? {
      region,
      environment,
      name,
      available: false,
      partial: false,
      publishers: [],
      since: null,
      reason: null,
    };
    const { type, data } = event as unknown as CapabilityEvent;
    switch (type) {
      case 'CapabilityPublished':
        return {
          ...now,
          partial: data.partial,
          publishers: [
            ...now.publishers.filter((p) => JSON.stringify(p) !== JSON.stringify(data.publisher)),
            data.publisher,
          ],
        };
      case 'CapabilityBecameAvailable':
        return { ...now, available: true, since: event.recordedAt, reason: null };
      case 'CapabilityWithdrawn':
        return { ...now, available: false, publishers: [], since: event.recordedAt, reason: data.reason };
      case 'CapabilityFalselyPublished':
        return { ...now, reason: data.reason };
    }
  },
};

import { type Attributes, type VibeRow } from '../contract/index.js';
import { withChanges } from '../domain/attributes.js';
import { entityProjection, touchedBy } from './entity-projection.js';

export const vibesProjection = entityProjection<VibeRow>({
  name: 'vibes',
  version: 1,
  types: ['VibeAdded', 'VibeEdited', 'VibeRemoved'],
  indexes: { byHost: ['host_region', 'vibe'], byTarget: ['target_region', 'vibe'] },
  keys: ({ data }) => ('vibe' in data ? [data.vibe] : []),
  apply(row, event) {
    switch (event.type) {
      case 'VibeAdded':
        return { vibe: event.data.vibe, ...ends(event.data.attributes), ...touchedBy(event) };
      case 'VibeEdited':
        return (
          row && { ...row, ...ends(withChanges(row.attributes, event.data.changes)), ...touchedBy(event) }
        );
      default:
        return null;
    }
  },
});

function ends(attributes: Attributes) {
  return {
    host_region: attributes['host_region'] as string,
    target_region: attributes['target_region'] as string,
    attributes,
  };
}

import { type RealmRow } from '../contract/index.js';
import { withChanges } from '../domain/attributes.js';
import { entityProjection, touchedBy } from './entity-projection.js';

export const realmsProjection = entityProjection<RealmRow>({
  name: 'realms',
  version: 1,
  types: ['RealmAdded', 'RealmEdited', 'RealmRemoved'],
  keys: ({ data }) => ('realm' in data ? [data.realm] : []),
  apply(row, event) {
    switch (event.type) {
      case 'RealmAdded':
        return { realm: event.data.realm, attributes: event.data.attributes, ...touchedBy(event) };
      case 'RealmEdited':
        return (
          row && { ...row, attributes: withChanges(row.attributes, event.data.changes), ...touchedBy(event) }
        );
      default:
        return null;
    }
  },
});

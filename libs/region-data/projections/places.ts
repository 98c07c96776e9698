import { type PlaceRow } from '../contract/index.js';
import { withChanges } from '../domain/attributes.js';
import { entityProjection, touchedBy } from './entity-projection.js';

export const availabilityDomainsProjection = placesProjection('availability_domains', 'AvailabilityDomain');
export const executionTargetsProjection = placesProjection('execution_targets', 'ExecutionTarget');

function placesProjection(name: string, kind: 'AvailabilityDomain' | 'ExecutionTarget') {
  return entityProjection<PlaceRow>({
    name,
    version: 1,
    types: [`${kind}Added`, `${kind}Edited`, `${kind}Removed`],
    indexes: { byRegion: ['region', 'name'] },
    keys: ({ data }) => ('region' in data && 'name' in data ? [`${data.region}/${data.name}`] : []),
    apply(row, event) {
      switch (event.type) {
        case 'AvailabilityDomainAdded':
        case 'ExecutionTargetAdded': {
          const { region, name: place, attributes } = event.data;
          return { region, name: place, attributes, ...touchedBy(event) };
        }
        case 'AvailabilityDomainEdited':
        case 'ExecutionTargetEdited':
          return (
            row && {
              ...row,
              attributes: withChanges(row.attributes, event.data.changes),
              ...touchedBy(event),
            }
          );
        default:
          return null;
      }
    },
  });
}

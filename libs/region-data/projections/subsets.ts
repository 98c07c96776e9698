import { type SubsetRow } from '../contract/index.js';
import { entityProjection, touchedBy } from './entity-projection.js';

export const subsetsProjection = entityProjection<SubsetRow>({
  name: 'subsets',
  version: 1,
  types: ['SubsetDefined', 'SubsetRemoved'],
  keys: ({ data }) => ('subset' in data ? [data.subset] : []),
  apply: (_, event) =>
    event.type === 'SubsetDefined'
      ? { subset: event.data.subset, entries: event.data.entries, ...touchedBy(event) }
      : null,
});

import { regionDataEventTypes, type ChangeRow, type RecordedRegionDataEvent } from '../contract/index.js';
import { entityProjection } from './entity-projection.js';

/** Who changed what, when, and under which ticket: one row for each change of each entity. */
export const regionDataChangesProjection = entityProjection<ChangeRow>({
  name: 'region_data_changes',
  version: 1,
  types: regionDataEventTypes.filter((type) => type !== 'RegionDataImported'),
  indexes: { byEntity: ['entity', 'order'], byRegion: ['region', 'order'] },
  keys: (_, order) => [order],
  apply: (_row, event, _key, order) => ({
    entity: entityOf(event),
    region: 'region' in event.data ? event.data.region : null,
    order,
    position: event.position.toString(),
    revision: event.revision.toString(),
    type: event.type,
    data: event.data,
    at: event.recordedAt,
    actor: event.metadata.actor,
    ticket: event.metadata.ticket ?? null,
    correlationId: event.metadata.correlationId,
  }),
});

function entityOf({ type, data }: RecordedRegionDataEvent): string {
  if ('realm' in data) return `realm/${data.realm}`;
  if ('vibe' in data) return `vibe/${data.vibe}`;
  if ('subset' in data) return `subset/${data.subset}`;
  if ('region' in data && 'name' in data)
    return `${type.startsWith('ExecutionTarget') ? 'execution-target' : 'availability-domain'}/${data.region}/${data.name}`;
  return 'region' in data ? `region/${data.region}` : 'policy';
}

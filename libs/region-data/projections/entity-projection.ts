import { type Projection, type RecordedEvent } from '#libs/kernel';
import {
  entityEvents,
  type RecordedRegionDataEvent,
  type RegionDataEvent,
  type Touched,
} from '../contract/index.js';

/** A projection as its file writes it: of the events of one kind of entity. */
interface EntityProjection<Row extends object> {
  readonly name: string;
  readonly version: number;
  readonly types: readonly RegionDataEvent['type'][];
  readonly indexes?: Readonly<Record<string, readonly (keyof Row & string)[]>>;
  keys(event: RecordedRegionDataEvent, order: string): readonly string[];
  apply(row: Row | null, event: RecordedRegionDataEvent, key: string, order: string): Row | null;
}

/** The same, seen through staged imports: one that is committed counts as the events that it stands for, in order. */
export function entityProjection<Row extends object>(
  projection: EntityProjection<Row>,
): Projection<Row, RegionDataEvent> {
  const { name, version, indexes } = projection;
  return {
    name,
    version,
    types: [...projection.types, 'RegionDataImported'],
    ...(indexes && { indexes }),
    keys: (event) => [...byKey(projection, event).keys()],
    apply: (row, event, key) =>
      (byKey(projection, event).get(key) ?? []).reduce<Row | null>(
        (current, [one, order]) => projection.apply(current, one, key, order),
        row,
      ),
  };
}

type Grouped = ReadonlyMap<string, readonly (readonly [RecordedRegionDataEvent, string])[]>;

/** An import is grouped once, not once for each of its rows. */
const grouped = new WeakMap<object, WeakMap<object, Grouped>>();

function byKey<Row extends object>(
  projection: EntityProjection<Row>,
  event: RecordedEvent<RegionDataEvent>,
): Grouped {
  const known = grouped.get(event)?.get(projection);
  if (known) return known;
  const groups = new Map<string, (readonly [RecordedRegionDataEvent, string])[]>();
  const position = event.position.toString().padStart(20, '0');
  entityEvents(event).forEach((one, index) => {
    if (!projection.types.includes(one.type)) return;
    const order = `${position}/${String(index).padStart(6, '0')}`;
    for (const key of projection.keys(one, order)) {
      const group = groups.get(key);
      if (group) group.push([one, order]);
      else groups.set(key, [[one, order]]);
    }
  });
  const perProjection = grouped.get(event) ?? new WeakMap<object, Grouped>();
  grouped.set(event, perProjection.set(projection, groups));
  return groups;
}

export function touchedBy(event: RecordedRegionDataEvent): Touched {
  return {
    revision: event.revision.toString(),
    ticket: event.metadata.ticket ?? null,
    updatedBy: event.metadata.actor,
    updatedAt: event.recordedAt,
  };
}

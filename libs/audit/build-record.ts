import { type BuildEvent } from '#libs/builds/contract';
import { type RecordedEvent } from '#libs/kernel';

type DataOf<Type extends BuildEvent['type']> = Extract<BuildEvent, { readonly type: Type }>['data'];

/** One build as its own events tell it. Positions are those of the log. */
export interface BuildRecord {
  readonly build: string;
  readonly region: string;
  readonly kind: 'first' | 'update';
  readonly openedAt: { readonly position: bigint; readonly recordedAt: string; readonly regionData: bigint };
  readonly merges: readonly {
    readonly position: bigint;
    readonly regionData: bigint;
    readonly nodes: number;
    readonly added: number;
    readonly removed: number;
    readonly changed: number;
  }[];
  readonly endedAt: { readonly position: bigint; readonly recordedAt: string } | null;
  readonly status: 'open' | 'completed' | 'cancelled';
}

/** The build after one of its events; null before `BuildOpened`, and for events of other streams. */
export function buildAfter(record: BuildRecord | null, event: RecordedEvent): BuildRecord | null {
  const { position, recordedAt } = event;
  switch (event.type) {
    case 'BuildOpened': {
      const { build, region, kind } = event.data as DataOf<'BuildOpened'>;
      const openedAt = { position, recordedAt, regionData: -1n };
      return { build, region, kind, openedAt, merges: [], endedAt: null, status: 'open' };
    }
    case 'BuildGraphMerged': {
      if (!record) return null;
      const { nodes, added, removed, changed, ...merge } = event.data as DataOf<'BuildGraphMerged'>;
      const regionData = BigInt(merge.regionData);
      return {
        ...record,
        openedAt: record.merges.length === 0 ? { ...record.openedAt, regionData } : record.openedAt,
        merges: [...record.merges, { position, regionData, nodes, added, removed, changed }],
      };
    }
    case 'BuildCompleted':
      return record && { ...record, endedAt: { position, recordedAt }, status: 'completed' };
    case 'BuildCancelled':
      return record && { ...record, endedAt: { position, recordedAt }, status: 'cancelled' };
    default:
      return record;
  }
}

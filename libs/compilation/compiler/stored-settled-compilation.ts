import { type BlobStore } from '#libs/blob-store';
import { isRedacted, type EventStore } from '#libs/event-store';
import { type RecordedEvent } from '#libs/kernel';
import {
  compilationStream,
  SettledCompilation,
  type CompilationDetail,
  type CompilationEvent,
  type Settled,
} from '../contract/index.js';

type RegionDataCompiled = Extract<CompilationEvent, { readonly type: 'RegionDataCompiled' }>;

/** Waits on the stream of compilations itself. */
export class StoredSettledCompilation extends SettledCompilation {
  constructor(
    private readonly store: EventStore,
    private readonly blobs: BlobStore,
  ) {
    super();
  }

  async settled(revision: bigint, timeoutMs = 10_000): Promise<Settled | null> {
    const last = await this.store.head();
    const known = await this.find(revision);
    if (known !== null) return this.describe(known);
    const waiting = this.store.subscribe({
      ...(last !== null && { after: last }),
      types: ['RegionDataCompiled'],
      signal: AbortSignal.timeout(timeoutMs),
    });
    for await (const item of waiting)
      if (item.kind === 'event' && !isRedacted(item.event)) {
        const event = item.event as RecordedEvent<RegionDataCompiled>;
        if (BigInt(event.data.revision) >= revision) return this.describe(event.data);
      }
    return null;
  }

  /** The compilation that covers the revision, O(compilations since). */
  private async find(revision: bigint): Promise<RegionDataCompiled['data'] | null> {
    for await (const event of this.store.readStream(compilationStream, { direction: 'backwards' })) {
      if (event.type !== 'RegionDataCompiled' || isRedacted(event)) continue;
      const data = (event as RecordedEvent<RegionDataCompiled>).data;
      if (BigInt(data.revision) < revision) return null;
      if (BigInt(data.after) < revision) return data;
    }
    return null;
  }

  private async describe(compiled: RegionDataCompiled['data']): Promise<Settled> {
    const detail = (await this.blobs.getJson(compiled.detail)) as CompilationDetail;
    const reads = new Map<string, Set<string>>(compiled.recompiled.map((flock) => [flock, new Set()]));
    for (const row of detail.recompiled) for (const path of row.reads) reads.get(row.flock)?.add(path);
    return {
      revision: compiled.revision,
      recompiled: [...reads].map(([flock, paths]) => ({ flock, reads: [...paths].sort() })),
      unchanged: compiled.flocks - compiled.recompiled.length,
    };
  }
}

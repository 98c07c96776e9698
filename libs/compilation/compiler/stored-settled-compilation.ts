import { type BlobStore } from '#libs/blob-store';
import { isRedacted, type EventStore } from '#libs/event-store';
import { type RecordedEvent } from '#libs/kernel';
import { type RegionDataHistory } from '#libs/region-data/contract';
import {
  compilationStream,
  SettledCompilation,
  type CompilationDetail,
  type CompilationEvent,
  type Settled,
} from '../contract/index.js';
import { isRegional, PathIndex } from '../domain/path-index.js';

type RegionDataCompiled = Extract<CompilationEvent, { readonly type: 'RegionDataCompiled' }>;

/** Waits on the stream of compilations itself. */
export class StoredSettledCompilation extends SettledCompilation {
  constructor(
    private readonly store: EventStore,
    private readonly blobs: BlobStore,
    private readonly history: RegionDataHistory,
  ) {
    super();
  }

  async settled(revision: bigint, timeoutMs = 10_000): Promise<Settled | null> {
    const last = await this.store.head();
    const known = await this.find(revision);
    if (known !== null) return this.describe(known, revision);
    const waiting = this.store.subscribe({
      ...(last !== null && { after: last }),
      types: ['RegionDataCompiled'],
      signal: AbortSignal.timeout(timeoutMs),
    });
    for await (const item of waiting)
      if (item.kind === 'event' && !isRedacted(item.event)) {
        const event = item.event as RecordedEvent<RegionDataCompiled>;
        if (BigInt(event.data.revision) >= revision) return this.describe(event.data, revision);
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

  /** Of a compilation that covers several revisions, only what this one had a part in. */
  private async describe(compiled: RegionDataCompiled['data'], revision: bigint): Promise<Settled> {
    const detail = (await this.blobs.getJson(compiled.detail)) as CompilationDetail;
    const isAlone = revision - BigInt(compiled.after) === 1n && BigInt(compiled.revision) === revision;
    const rows = isAlone ? detail.recompiled : await this.readersIn(detail, revision);
    const reads = new Map<string, Set<string>>(
      isAlone
        ? compiled.recompiled.map((flock) => [flock, new Set()])
        : rows.map((r) => [r.flock, new Set()]),
    );
    for (const row of rows) for (const path of row.reads) reads.get(row.flock)?.add(path);
    return {
      revision: compiled.revision,
      recompiled: [...reads].map(([flock, paths]) => ({ flock, reads: [...paths].sort() })),
      unchanged: compiled.flocks - reads.size,
    };
  }

  private async readersIn(
    { recompiled }: CompilationDetail,
    revision: bigint,
  ): Promise<CompilationDetail['recompiled']> {
    const index = new PathIndex<CompilationDetail['recompiled'][number]>();
    for (const row of recompiled) index.set(row, row.reads);
    const found = new Map<CompilationDetail['recompiled'][number], Set<string>>();
    for (const changed of await this.history.changedPaths(revision - 1n, revision))
      for (const [row, paths] of index.readersOf(changed.path)) {
        if (isRegional(changed) && row.region !== changed.region) continue;
        const reads = found.get(row) ?? new Set();
        for (const path of paths) reads.add(path);
        found.set(row, reads);
      }
    return [...found].map(([row, reads]) => ({ ...row, reads: [...reads] }));
  }
}

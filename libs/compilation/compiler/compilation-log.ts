import { type BaselineEvent, type BuildEvent } from '#libs/builds/contract';
import { isRedacted, type EventStore } from '#libs/event-store';
import { type RecordedEvent } from '#libs/kernel';
import { compilationStream, type CompilationEvent, type RegionVersions } from '../contract/index.js';

/** What the log says of compilations so far, for a compiler that has just started. */
export class CompilationLog {
  constructor(private readonly store: EventStore) {}

  /** Backwards from the last. */
  async *backwards(): AsyncIterable<RecordedEvent<CompilationEvent>> {
    for await (const event of this.store.readStream(compilationStream, { direction: 'backwards' }))
      if (!isRedacted(event)) yield event as RecordedEvent<CompilationEvent>;
  }

  /** The last revision of region data and the last selection that are covered. */
  async covered(): Promise<{ readonly revision: bigint; readonly upTo: bigint }> {
    let revision: bigint | undefined;
    let upTo: bigint | undefined;
    for await (const event of this.backwards()) {
      if (event.type === 'RegionDataCompiled')
        revision ??= BigInt((event.data as { revision: string }).revision);
      else upTo ??= BigInt((event.data as { upTo: string }).upTo);
      if (revision !== undefined && upTo !== undefined) break;
    }
    return { revision: revision ?? -1n, upTo: upTo ?? -1n };
  }

  /** Regions that have, or had, a build or a baseline, with the sets that the last one uses: what their flocks read is watched. O(log). */
  async builtRegions(): Promise<ReadonlyMap<string, RegionVersions>> {
    const regions = new Map<string, RegionVersions>();
    for await (const event of this.store.readAll({
      types: ['BuildGraphMerged', 'BaselineTaken', 'RegionRemoved'],
    })) {
      if (isRedacted(event)) continue;
      if (event.type === 'RegionRemoved') regions.delete((event.data as { region: string }).region);
      else if (event.type === 'BaselineTaken') {
        const { region, baseline } = (event as RecordedEvent<BaselineEvent>).data;
        regions.set(region, { target: baseline, vibe: baseline });
      } else {
        const { region, versions } = (
          event as RecordedEvent<Extract<BuildEvent, { type: 'BuildGraphMerged' }>>
        ).data;
        regions.set(region, versions);
      }
    }
    return regions;
  }
}

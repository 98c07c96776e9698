import { setTimeout as sleep } from 'node:timers/promises';
import { type BuildRecord, type Summary, SummaryReplay } from '#libs/audit';
import { type BuildEvent } from '#libs/builds/contract';
import { type CapabilityEvent } from '#libs/capabilities/contract';
import { type RecordedEvent } from '#libs/kernel';
import { type RegionDataEvent } from '#libs/region-data/contract';
import { type ReleaseEvent } from '#libs/releases/contract';
import { type Client, type EventJson } from '../cli/client.js';
import { type DemoScreen } from './demo-screen.js';

const page = 1000;

/** The log as the public API tells it, read on as it grows: folded into the summary, and shown. */
export class DemoLog {
  readonly #fold = new SummaryReplay();
  #position = -1n;
  #began: number | null = null;

  constructor(private readonly screen: DemoScreen) {}

  get position(): bigint {
    return this.#position;
  }

  /** Of region data, as far as it was read. */
  get revision(): bigint {
    return this.#fold.regionData.state.revision;
  }

  summary(): Summary {
    return this.#fold.summary();
  }

  builds(): readonly BuildRecord[] {
    return this.#fold.builds();
  }

  /** Internal names, by either. */
  internalName(region: string): string | undefined {
    return this.#fold.regionData.internalName(region);
  }

  attribute(region: string, name: string): unknown {
    const internal = this.internalName(region);
    return internal === undefined
      ? undefined
      : this.#fold.regionData.state.regions.get(internal)?.all_regions[name];
  }

  /** Seconds from the build's first event to the last one read. */
  seconds = 0;

  /** Reads what is there. With `quietly` nothing of it is shown. */
  async pull(client: Client, quietly = false): Promise<void> {
    for (;;) {
      const { items } = await client.get<{ readonly items: readonly EventJson[] }>('/v1/events', {
        limit: page,
        ...(this.#position >= 0n && { after: String(this.#position) }),
      });
      for (const item of items) this.#take(item, quietly);
      if (items.length < page) return;
    }
  }

  /** Pulls until something holds; answers false where it did not within `ms`. */
  async until(client: Client, holds: () => boolean, ms = 30_000): Promise<boolean> {
    for (let waited = 0; waited < ms; waited += 100) {
      await this.pull(client);
      if (holds()) return true;
      await sleep(100);
    }
    return false;
  }

  #take(item: EventJson, quietly: boolean): void {
    const event = {
      ...item,
      salt: '',
      position: BigInt(item.position),
      revision: BigInt(item.revision),
    } as RecordedEvent;
    this.#position = event.position;
    this.#fold.add(event);
    if (event.type === 'BuildOpened') this.#began ??= Date.parse(event.recordedAt);
    if (this.#began !== null) this.seconds = (Date.parse(event.recordedAt) - this.#began) / 1000;
    if (!quietly && this.#began !== null) this.#show(event);
  }

  #isFirst(build: string): boolean {
    return this.builds().find((b) => b.build === build)?.merges.length === 1;
  }

  #show(event: RecordedEvent): void {
    const { type, data } = event as unknown as BuildEvent | ReleaseEvent | CapabilityEvent | RegionDataEvent;
    const say = (kind: string, text: string): void => {
      this.screen.event(this.seconds, kind, text);
    };
    switch (type) {
      case 'RegionStateChanged':
        say('state', `${this.#fold.regionData.publicName(data.region)}  ${data.from} → ${data.to}`);
        return;
      case 'BuildGraphMerged':
        say(
          'graph',
          this.#isFirst(data.build)
            ? `${data.nodes} nodes`
            : `+${data.added} −${data.removed}, ${data.changed} changed: ${data.nodes} nodes`,
        );
        return;
      case 'ReleaseSent':
        say(
          'release',
          `${data.flock}  ${data.environment}  ${data.target}${data.round > 1 ? `  round ${data.round}` : ''}`,
        );
        return;
      case 'CapabilityBecameAvailable':
        say('capability', `${data.environment}/${data.name}`);
        return;
      case 'OperationFailed':
        say('failed', `${data.node}: ${data.error}${data.retryAt === undefined ? '' : ', is tried again'}`);
        return;
      case 'BuildCompleted':
        say('build', `${data.build} is complete`);
        return;
      default:
        return;
    }
  }
}

import { type BlobStore } from '#libs/blob-store';
import { isRedacted, type EventStore } from '#libs/event-store';
import { type DomainEvent, type RecordedEvent } from '#libs/kernel';
import {
  artifactStream,
  FlockCatalogue,
  flockStream,
  versionSelectionStream,
  versionSetStream,
  type ArtifactEvent,
  type FlockEvent,
  type FlockVersion,
  type VersionSelection,
  type VersionSelectionEvent,
  type VersionSetEntries,
  type VersionSetEvent,
  type VersionSetRef,
} from '../contract/index.js';
import { versionSelectionDecider } from '../domain/index.js';

/** Bytes of config files that stay in memory. */
const cachedBytes = 256 * 1024 * 1024;

/** Events of one stream, folded as far as it was read. */
interface Fold<T> {
  readonly items: Map<string, T>;
  next: bigint;
  reading: Promise<void>;
}

/**
 * The catalogue over the event log: reads a stream when it is asked, and only on from where it stopped. What is published
 * never changes, so what is found is never read again; what is not found is looked for again.
 */
export class StoredFlockCatalogue extends FlockCatalogue {
  readonly #flocks = new Map<string, Fold<FlockVersion>>();
  readonly #artifacts = new Map<string, Fold<{ digest: string; bytes: number }>>();
  readonly #sets = new Map<string, Fold<string>>();
  readonly #selections: VersionSelection[] = [{ position: -1n, ...versionSelectionDecider.initial }];
  #selectionNext = 0n;
  #selectionReading: Promise<void> = Promise.resolve();
  readonly #files = new Map<
    string,
    { readonly files: ReadonlyMap<string, Uint8Array>; readonly bytes: number }
  >();
  #fileBytes = 0;
  readonly #entries = new Map<string, VersionSetEntries>();

  constructor(
    private readonly store: EventStore,
    private readonly blobs: BlobStore,
  ) {
    super();
  }

  async version(flock: string, version: string): Promise<FlockVersion | null> {
    return this.#find(
      this.#flocks,
      flock,
      version,
      flockStream(flock),
      (event: RecordedEvent<FlockEvent>) => {
        const { data } = event;
        return [
          data.version,
          {
            flock: data.flock,
            version: data.version,
            digest: data.digest,
            files: data.files,
            lenient: data.lenient === true,
            owners: data.owners,
            artifacts: data.artifacts ?? [],
          },
        ];
      },
    );
  }

  async artifact(
    flock: string,
    artifact: string,
    version: string,
  ): Promise<{ readonly digest: string; readonly bytes: number } | null> {
    const id = `${flock}/${artifact}`;
    return this.#find(
      this.#artifacts,
      id,
      version,
      artifactStream(id),
      ({ data }: RecordedEvent<ArtifactEvent>) => [data.version, { digest: data.digest, bytes: data.bytes }],
    );
  }

  async entries(ref: VersionSetRef): Promise<VersionSetEntries | null> {
    const digest = await this.#find(
      this.#sets,
      ref.set,
      String(ref.revision),
      versionSetStream(ref.set),
      ({ data }: RecordedEvent<VersionSetEvent>) => [String(data.revision), data.entries],
    );
    if (digest === null) return null;
    let entries = this.#entries.get(digest);
    if (entries === undefined) {
      entries = (await this.blobs.getJson(digest)) as VersionSetEntries;
      this.#entries.set(digest, entries);
      if (this.#entries.size > 64) this.#entries.delete(this.#entries.keys().next().value!);
    }
    return entries;
  }

  async files(version: FlockVersion): Promise<ReadonlyMap<string, Uint8Array>> {
    const known = this.#files.get(version.digest);
    if (known !== undefined) {
      this.#files.delete(version.digest);
      this.#files.set(version.digest, known);
      return known.files;
    }
    const contents = await Promise.all(
      version.files.map(async ({ path, digest }) => {
        const bytes = await this.blobs.get(digest);
        if (bytes === null)
          throw new Error(`blob ${digest} (${path} of ${version.flock}@${version.version}) is missing`);
        return [path, bytes] as const;
      }),
    );
    const files = new Map(contents);
    const bytes = contents.reduce((sum, [, b]) => sum + b.length, 0);
    this.#files.set(version.digest, { files, bytes });
    this.#fileBytes += bytes;
    for (const [digest, old] of this.#files) {
      if (this.#fileBytes <= cachedBytes || digest === version.digest) break;
      this.#files.delete(digest);
      this.#fileBytes -= old.bytes;
    }
    return files;
  }

  /** Whatever was acknowledged before the call is in the stream, so one read on reaches any position that the caller knows. */
  async selection(): Promise<VersionSelection> {
    await this.#readSelections();
    return this.#selections.at(-1)!;
  }

  async selectionAt(position: bigint): Promise<VersionSelection> {
    await this.#readSelections();
    return this.#selections.findLast((s) => s.position <= position)!;
  }

  async #find<T, E extends DomainEvent>(
    folds: Map<string, Fold<T>>,
    id: string,
    key: string,
    stream: string,
    entry: (event: RecordedEvent<E>) => readonly [string, T],
  ): Promise<T | null> {
    let fold = folds.get(id);
    const known = fold?.items.get(key);
    if (known !== undefined) return known;
    if (fold === undefined)
      folds.set(id, (fold = { items: new Map(), next: 0n, reading: Promise.resolve() }));
    const own = fold;
    const reading = own.reading.then(async () => {
      for await (const event of this.store.readStream(stream, { from: own.next })) {
        if (!isRedacted(event)) {
          const [name, item] = entry(event as RecordedEvent<E>);
          own.items.set(name, item);
        }
        own.next = event.revision + 1n;
      }
    });
    own.reading = reading.catch(() => undefined);
    await reading;
    if (own.next === 0n) folds.delete(id);
    return own.items.get(key) ?? null;
  }

  async #readSelections(): Promise<void> {
    const reading = this.#selectionReading.then(async () => {
      for await (const event of this.store.readStream(versionSelectionStream, {
        from: this.#selectionNext,
      })) {
        if (!isRedacted(event)) {
          const { position: _, ...state } = this.#selections.at(-1)!;
          const next = versionSelectionDecider.evolve(state, event as unknown as VersionSelectionEvent);
          this.#selections.push({ position: event.position, ...next });
        }
        this.#selectionNext = event.revision + 1n;
      }
    });
    this.#selectionReading = reading.catch(() => undefined);
    return reading;
  }
}

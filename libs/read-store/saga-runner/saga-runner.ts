import { type BlobStore } from '#libs/blob-store';
import { type EventStore } from '#libs/event-store';
import { type CommandContext } from '#libs/kernel';
import { type Lease } from '../lease/lease.js';
import { whileOwned, type OwnerState } from '../lease/while-owned.js';
import { pagesOf, type EventPage } from '../log/pages.js';
import { reportError } from '../log/report-error.js';
import { isRedacted, storedTypes, type Upcast } from '../log/stored-types.js';
import { type ReadStore } from '../port/read-store.js';
import { type AnySaga } from './any-saga.js';
import { BlobCache } from './blob-cache.js';
import { Dispatcher, type DispatchPolicy } from './dispatcher.js';
import { requestCommandRetry } from './parked-commands.js';
import { SagaInstances, snapshotsOf } from './saga-instances.js';

export interface SagaRegistration extends DispatchPolicy {
  readonly saga: AnySaga;
  /** Who the commands come from, as `access` knows it. */
  readonly actor: string;
  /**
   * Carries out a command. Resolves when it is done, rejects with `Refused` where the domain says no, with anything else for a
   * fault. May be called again with the same `commandId`, and then must have no second effect.
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  dispatch(command: any, context: CommandContext): Promise<void>;
  /** Partitions are hashed into so many sets, each with an owner of its own; default 1. The same in every process. */
  readonly sets?: number;
}

export interface SagaRunnerOptions {
  readonly eventStore: EventStore;
  readonly readStore: ReadStore;
  readonly blobStore?: BlobStore;
  readonly sagas: readonly SagaRegistration[];
  readonly upcast?: Upcast;
  readonly leaseTtlMs?: number;
  /** States are saved after so many events or milliseconds, whichever is first, and at a clean stop; defaults 1,000 and 5,000. */
  readonly snapshotEvery?: number;
  readonly snapshotMs?: number;
  readonly now?: () => Date;
  /** Hears of every fault; the default writes to stderr. Refusals are the domain's and are not reported. */
  readonly onError?: (error: unknown, where: string) => void;
}

export interface SagaStatus {
  readonly saga: string;
  readonly set: number;
  readonly state: OwnerState | 'catching-up';
  readonly error?: string;
  readonly position: bigint | null;
  readonly instances: number;
  readonly inFlight: number;
  readonly parked: number;
  /** Of the lease; grows with every change of owner. */
  readonly epoch: number | null;
}

const retryPollMs = 1_000;
/** Saving may take this share of the time, however large the states are. */
const saveShare = 1 / 50;

/**
 * Runs sagas: one owner for each saga (or set of its partitions) at a time, by a lease in the read store. States live in
 * memory, are saved now and then, and are brought up to date from the log; nothing is dispatched before the head seen at
 * takeover is reached. After each page of events what is newly due is dispatched at once. A fault (a blob that is missing, an
 * event that a state cannot take) stops that saga visibly; it tries again from its snapshots, with backoff.
 */
export class SagaRunner {
  private readonly hosts: readonly SagaHost[];

  constructor(private readonly options: SagaRunnerOptions) {
    const names = options.sagas.map(({ saga }) => saga.name);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) throw new TypeError(`saga ${twice} is registered twice`);
    const blobs = new BlobCache(options.blobStore);
    this.hosts = options.sagas.flatMap((registration) =>
      Array.from(
        { length: registration.sets ?? 1 },
        (_, set) => new SagaHost(registration, set, blobs, options),
      ),
    );
  }

  /** Runs until `signal` is aborted; then resolves, with states saved, commands under way ended, and leases given back. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.run(signal)));
  }

  status(): readonly SagaStatus[] {
    return this.hosts.map((host) => host.status());
  }

  /** Like `requestCommandRetry`, without waiting for the next look. */
  async retry(id: string): Promise<boolean> {
    const found = await requestCommandRetry(this.options.readStore, id);
    await Promise.all(this.hosts.map((host) => host.retryAsked()));
    return found;
  }
}

/** One saga and one set of its partitions. */
class SagaHost {
  private readonly name: string;
  private readonly upcast: Upcast;
  private readonly onError: (error: unknown, where: string) => void;
  private state: SagaStatus['state'] = 'stopped';
  private error: string | undefined;
  private instances: SagaInstances | null = null;
  private dispatcher: Dispatcher | null = null;
  private lease: Lease | null = null;

  constructor(
    private readonly registration: SagaRegistration,
    private readonly set: number,
    private readonly blobs: BlobCache,
    private readonly options: SagaRunnerOptions,
  ) {
    const sets = registration.sets ?? 1;
    this.name = sets === 1 ? registration.saga.name : `${registration.saga.name}/${set}of${sets}`;
    this.upcast = options.upcast ?? ((event) => event);
    this.onError = options.onError ?? reportError;
  }

  status(): SagaStatus {
    return {
      saga: this.registration.saga.name,
      set: this.set,
      state: this.state,
      ...(this.error !== undefined && { error: this.error }),
      position: this.instances?.position ?? null,
      instances: this.instances?.size ?? 0,
      inFlight: this.dispatcher?.inFlight ?? 0,
      parked: this.dispatcher?.parked ?? 0,
      epoch: this.lease?.epoch ?? null,
    };
  }

  async run(signal: AbortSignal): Promise<void> {
    await whileOwned(
      {
        store: this.options.readStore,
        key: `sagas/${this.name}`,
        ttlMs: this.options.leaseTtlMs,
        work: (lease, owned) => this.work(lease, owned),
        changed: (state, error) => {
          this.state = state;
          this.error = error;
        },
        onError: this.onError,
      },
      signal,
    );
  }

  async retryAsked(): Promise<void> {
    await this.dispatcher?.retryAsked();
  }

  private async work(lease: Lease, signal: AbortSignal): Promise<void> {
    const { eventStore, readStore } = this.options;
    const { saga } = this.registration;
    this.lease = lease;
    this.state = 'catching-up';
    const owns = (partition: string): boolean => setOf(partition, this.registration.sets ?? 1) === this.set;
    await this.dropFormerVersion();
    const goal = (await eventStore.head()) ?? -1n;
    const checkpoint = `sagas/${this.name}@${saga.version}`;
    const instances = await SagaInstances.load(saga, readStore, checkpoint, owns);
    const dispatcher = this.dispatcherFor(lease, signal);
    this.instances = instances;
    this.dispatcher = dispatcher;
    const saver = new Saver(instances, this.options);
    const poll = setInterval(() => {
      dispatcher.retryAsked().catch((error: unknown) => {
        this.onError(error, this.name);
      });
    }, retryPollMs);
    const session = { live: false };
    const goLive = async (): Promise<void> => {
      session.live = true;
      for (const partition of [...instances.partitions])
        dispatcher.update(partition, instances.dueIn(partition));
      await dispatcher.adoptParked(owns);
      this.state = 'running';
    };
    try {
      if ((instances.position ?? -1n) >= goal) await goLive();
      const types = storedTypes(saga.types);
      for await (const page of pagesOf(eventStore, { after: instances.position, types, signal })) {
        const touched = await this.evolve(instances, page);
        if (page.position !== null) instances.reached(page.position, touched);
        if (session.live)
          for (const partition of touched) dispatcher.update(partition, instances.dueIn(partition));
        else if (page.caughtUp || (page.position ?? -1n) >= goal) await goLive();
        saver.after(page.events.length);
      }
      if (lease.isHeld) await saver.now();
    } finally {
      clearInterval(poll);
      await saver.stop();
      await dispatcher.stop();
      this.dispatcher = null;
      this.lease = null;
    }
  }

  private dispatcherFor(lease: Lease, signal: AbortSignal): Dispatcher {
    const { registration, options } = this;
    return new Dispatcher({
      ...registration,
      saga: registration.saga.name,
      store: options.readStore,
      dispatch: (command, context) => registration.dispatch(command, context),
      mayDispatch: () => lease.isHeld && !signal.aborted,
      now: options.now ?? (() => new Date()),
      onError: this.onError,
    });
  }

  private async evolve(instances: SagaInstances, page: EventPage): Promise<ReadonlySet<string>> {
    const { saga } = this.registration;
    const touched = new Set<string>();
    for (const stored of page.events) {
      if (isRedacted(stored)) continue;
      const event = this.upcast(stored);
      const partitions = instances.concerned(event);
      if (partitions.size === 0) continue;
      const digests = saga.blobs?.(event) ?? [];
      const blobs = digests.length === 0 ? noBlobs : await this.blobs.getAll(digests);
      for (const partition of partitions) {
        instances.evolve(partition, event, blobs);
        touched.add(partition);
      }
    }
    return touched;
  }

  /** Another version of a saga starts from the beginning of the log; the snapshots of the former one are of no use to it. */
  private async dropFormerVersion(): Promise<void> {
    const { readStore } = this.options;
    const { saga } = this.registration;
    const key = `saga-version/${this.name}`;
    const found = await readStore.getDocument(key);
    if (found?.value === saga.version) return;
    if (found !== null) await readStore.drop({ ...snapshotsOf(saga), version: found.value as number });
    await readStore.putDocument(key, saga.version, found?.version ?? null);
  }
}

/** Saves states after so many events or so much time, but never more than a small share of the time. */
class Saver {
  private events = 0;
  private notBefore = 0;
  private last = performance.now();
  private savedAt: bigint | null;
  private saving: Promise<void> = Promise.resolve();
  private busy = false;
  private failure: { readonly error: unknown } | null = null;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly instances: SagaInstances,
    private readonly options: SagaRunnerOptions,
  ) {
    this.savedAt = instances.position;
    this.timer = setInterval(() => {
      if (this.failure === null) this.after(0);
    }, options.snapshotMs ?? 5_000);
  }

  /** Does not wait for the save that it begins; throws where a former one failed. */
  after(events: number): void {
    const { snapshotEvery = 1_000, snapshotMs = 5_000 } = this.options;
    if (this.failure !== null) throw this.failure.error;
    this.events += events;
    const now = performance.now();
    if (this.busy || now < this.notBefore || this.instances.position === this.savedAt) return;
    if (this.events < snapshotEvery && now - this.last < snapshotMs) return;
    this.saving = this.save().catch((error: unknown) => {
      this.failure = { error };
    });
  }

  async now(): Promise<void> {
    await this.saving;
    if (this.instances.position !== this.savedAt) await this.save();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.saving;
  }

  private async save(): Promise<void> {
    const began = performance.now();
    const position = this.instances.position;
    this.busy = true;
    this.events = 0;
    try {
      await this.instances.save();
    } finally {
      this.busy = false;
    }
    this.savedAt = position;
    this.last = performance.now();
    this.notBefore = this.last + (this.last - began) / saveShare;
  }
}

const noBlobs: ReadonlyMap<string, unknown> = new Map();

/** FNV-1a, so that every process puts a partition into the same set. */
function setOf(partition: string, sets: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < partition.length; i++) hash = Math.imul(hash ^ partition.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % sets;
}

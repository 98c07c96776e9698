import { Refused, type CommandContext, type Due } from '#libs/kernel';
import { type ReadStore } from '../port/read-store.js';
import { parkedCommandId, parkedCommands, putParkedCommand } from './parked-commands.js';

export interface DispatchPolicy {
  /** Commands under way at once; default 16. */
  readonly concurrency?: number;
  /** Milliseconds after which what was dispatched and is still due is dispatched again; default 30,000. */
  readonly deadlineMs?: number;
  /** Attempts before a command is parked; default 8. */
  readonly attempts?: number;
  /** Pause after the first failure, doubled after each further one up to the second figure; default 100 and 10,000. */
  readonly backoffMs?: readonly [number, number];
  /** A refused command gets another chance with each change of its state, but not more often than this; default 250. */
  readonly refusedPaceMs?: number;
  /** The same once it is parked; default 5,000. */
  readonly parkedPaceMs?: number;
}

export interface DispatcherOptions extends DispatchPolicy {
  readonly saga: string;
  readonly actor: string;
  readonly store: ReadStore;
  dispatch(command: unknown, context: CommandContext): Promise<void>;
  /** False: nothing more may be dispatched. */
  mayDispatch(): boolean;
  now(): Date;
  onError(error: unknown, where: string): void;
}

/**
 * `timed` until its stored time; `queued`; `running`; `sent`, and due again after its deadline; `backoff` after a failure;
 * `parked`.
 */
type ItemState = 'timed' | 'queued' | 'running' | 'sent' | 'backoff' | 'parked';

interface Item {
  readonly partition: string;
  readonly key: string;
  due: Due<unknown>;
  state: ItemState;
  attempts: number;
  refused: boolean;
  lastAttempt: number;
  timer: NodeJS.Timeout | undefined;
  /** No longer due while it runs; forgotten when it ends, unless it is due again by then. */
  gone: boolean;
  /** A document of it is in the store. */
  parkedDocument: boolean;
}

const longestTimer = 2 ** 31 - 1;

/** What is due of all instances of a saga, and how far each item has come. An item is never under way twice at once. */
export class Dispatcher {
  private readonly items = new Map<string, Map<string, Item>>();
  private readonly queue = new Set<Item>();
  private readonly running = new Set<Promise<void>>();
  private readonly documents = new Set<string>();
  private stopped = false;

  constructor(private readonly options: DispatcherOptions) {}

  get inFlight(): number {
    return this.running.size;
  }

  get parked(): number {
    return this.documents.size;
  }

  /** What is due in a partition now, all of it. O(what is due, and was). */
  update(partition: string, due: Iterable<Due<unknown>>): void {
    if (this.stopped) return;
    let items = this.items.get(partition);
    const seen = new Set<string>();
    for (const one of due) {
      seen.add(one.key);
      if (items === undefined) this.items.set(partition, (items = new Map<string, Item>()));
      const item = items.get(one.key);
      if (item === undefined) this.begin(items, partition, one);
      else this.stillDue(item, one);
    }
    if (items !== undefined)
      for (const item of items.values()) if (!seen.has(item.key)) this.noLongerDue(item);
    this.pump();
  }

  /** What a former owner parked; it is dispatched again if it is still due, forgotten otherwise. After the first updates. */
  async adoptParked(owns: (partition: string) => boolean): Promise<void> {
    for (const parked of await parkedCommands(this.options.store, this.options.saga)) {
      if (!owns(parked.partition)) continue;
      const item = this.items.get(parked.partition)?.get(parked.key);
      if (item === undefined) await this.options.store.deleteDocument(parked.id);
      else {
        item.parkedDocument = true;
        this.documents.add(parked.id);
      }
    }
  }

  /** Dispatches again what somebody asked for. */
  async retryAsked(): Promise<void> {
    if (this.documents.size === 0) return;
    for (const parked of await parkedCommands(this.options.store, this.options.saga)) {
      const item = this.items.get(parked.partition)?.get(parked.key);
      if (!parked.retryAsked || item === undefined) continue;
      await putParkedCommand(this.options.store, { ...parked, retryAsked: false });
      if (item.state === 'parked' || item.state === 'backoff') {
        // one attempt; parked again if it fails
        item.attempts = Math.max(item.attempts, this.attempts - 1);
        this.enqueue(item);
      }
    }
    this.pump();
  }

  /** Dispatches nothing more, and waits for what is under way. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const items of this.items.values()) for (const item of items.values()) clearTimeout(item.timer);
    this.queue.clear();
    await Promise.all(this.running);
  }

  private get attempts(): number {
    return this.options.attempts ?? 8;
  }

  private begin(items: Map<string, Item>, partition: string, due: Due<unknown>): void {
    const item: Item = {
      partition,
      key: due.key,
      due,
      state: 'queued',
      attempts: 0,
      refused: false,
      lastAttempt: -Infinity,
      timer: undefined,
      gone: false,
      parkedDocument: false,
    };
    items.set(due.key, item);
    this.schedule(item);
  }

  private stillDue(item: Item, due: Due<unknown>): void {
    const moved = item.due.notBefore !== due.notBefore;
    item.due = due;
    item.gone = false;
    const { refusedPaceMs = 250, parkedPaceMs = 5_000 } = this.options;
    if (item.state === 'timed' && moved) this.schedule(item);
    else if (item.refused && item.state === 'backoff')
      this.enqueueNotBefore(item, item.lastAttempt + refusedPaceMs);
    else if (item.refused && item.state === 'parked') {
      item.attempts = this.attempts - 1;
      this.enqueueNotBefore(item, item.lastAttempt + parkedPaceMs);
    }
  }

  private noLongerDue(item: Item): void {
    if (item.state === 'running') {
      item.gone = true;
      return;
    }
    clearTimeout(item.timer);
    this.queue.delete(item);
    const items = this.items.get(item.partition);
    items?.delete(item.key);
    if (items?.size === 0) this.items.delete(item.partition);
    this.unpark(item);
  }

  /** Queues it now or at its stored time. */
  private schedule(item: Item): void {
    const { notBefore } = item.due;
    const wait = notBefore === undefined ? 0 : Date.parse(notBefore) - this.options.now().getTime();
    if (wait <= 0) this.enqueue(item);
    else {
      item.state = 'timed';
      this.arm(item, Math.min(wait, longestTimer), () => {
        this.schedule(item);
      });
    }
  }

  private enqueueNotBefore(item: Item, at: number): void {
    const wait = at - performance.now();
    if (wait <= 0) this.enqueue(item);
    else
      this.arm(item, wait, () => {
        this.enqueue(item);
      });
  }

  private arm(item: Item, ms: number, then: () => void): void {
    clearTimeout(item.timer);
    item.timer = setTimeout(() => {
      if (this.stopped) return;
      then();
      this.pump();
    }, ms);
  }

  private enqueue(item: Item): void {
    clearTimeout(item.timer);
    item.state = 'queued';
    this.queue.add(item);
  }

  private pump(): void {
    const { concurrency = 16 } = this.options;
    for (const item of this.queue) {
      if (this.stopped || this.running.size >= concurrency || !this.options.mayDispatch()) return;
      this.queue.delete(item);
      const running: Promise<void> = this.attempt(item).finally(() => {
        this.running.delete(running);
        this.pump();
      });
      this.running.add(running);
    }
  }

  private async attempt(item: Item): Promise<void> {
    item.state = 'running';
    item.attempts++;
    item.lastAttempt = performance.now();
    try {
      await this.options.dispatch(item.due.command, this.contextOf(item));
      item.attempts = 0;
      item.refused = false;
      item.state = 'sent';
      this.arm(item, this.options.deadlineMs ?? 30_000, () => {
        this.enqueue(item);
      });
      this.unpark(item);
    } catch (error) {
      item.refused = error instanceof Refused;
      await this.failed(item, error);
    }
    if (item.gone) this.noLongerDue(item);
    else if (this.stopped) clearTimeout(item.timer);
  }

  private async failed(item: Item, error: unknown): Promise<void> {
    const where = `saga ${this.options.saga}, ${item.partition}, ${item.key}`;
    if (!item.refused) this.options.onError(error, where);
    if (item.gone) {
      item.state = 'backoff';
      return;
    }
    if (item.attempts < this.attempts) {
      const [first, longest] = this.options.backoffMs ?? [100, 10_000];
      item.state = 'backoff';
      this.arm(item, Math.min(first * 2 ** (item.attempts - 1), longest), () => {
        this.enqueue(item);
      });
      return;
    }
    try {
      await this.park(item, error);
      item.state = 'parked';
    } catch (fault) {
      // Not parked is not lost: it is tried again as before.
      this.options.onError(fault, where);
      item.state = 'backoff';
      this.arm(item, this.options.backoffMs?.[1] ?? 10_000, () => {
        this.enqueue(item);
      });
    }
  }

  private async park(item: Item, error: unknown): Promise<void> {
    const { saga, store } = this.options;
    const id = parkedCommandId(saga, item.partition, item.key);
    await putParkedCommand(store, {
      id,
      saga,
      partition: item.partition,
      key: item.key,
      command: item.due.command,
      error: error instanceof Error ? error.message : String(error),
      refused: item.refused,
      attempts: item.attempts,
      parkedAt: this.options.now().toISOString(),
      retryAsked: false,
    });
    item.parkedDocument = true;
    this.documents.add(id);
  }

  private unpark(item: Item): void {
    if (!item.parkedDocument) return;
    item.parkedDocument = false;
    const id = parkedCommandId(this.options.saga, item.partition, item.key);
    this.documents.delete(id);
    this.options.store.deleteDocument(id).catch((error: unknown) => {
      this.options.onError(error, id);
    });
  }

  private contextOf({ partition, due }: Item): CommandContext {
    const commandId = `${this.options.saga}/${partition}/${due.key}`;
    return {
      commandId,
      actor: this.options.actor,
      occurredAt: this.options.now().toISOString(),
      correlationId: due.cause?.correlationId ?? commandId,
      ...(due.cause !== undefined && { causationId: due.cause.eventId }),
    };
  }
}

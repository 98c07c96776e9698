import { journalEntryOf, late, type Append } from './append.js';
import { type Journal } from './journal.js';

/** Bytes of records from which on a group is written without waiting for the event loop: the disk works while more are encoded. */
const WRITTEN_AT_ONCE = 16 * 1024;
/** Bytes of records from which on a group takes no further append. */
const GROUP_LIMIT = 8 * 1024 * 1024;
/** A timer that is set to more fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface AppendQueueOwner {
  /** False while nothing may be written. */
  mayWrite(): boolean;
  /** Called when a group is durable, before its appends are answered. */
  written(group: readonly Append[]): void;
  /** Called when a write failed, with all that was not written, before its appends are rejected; tells why. */
  failed(appends: readonly Append[], cause: unknown): Error;
}

/**
 * Appends in order, on their way into the journal: what has queued up while one group is written is the next group. While one is
 * written the appenders of the one before are answered and append again, so that neither the disk nor they wait.
 */
export class AppendQueue {
  #waiting: Append[] = [];
  #waitingBytes = 0;
  #inFlight: readonly Append[] = [];
  #writing: Promise<void> | null = null;
  #isScheduled = false;
  #deadlineTimer: NodeJS.Timeout | null = null;
  /** Deadline that the timer is set to, in ms since 1970. */
  #earliest = Infinity;

  constructor(
    private readonly journal: Journal,
    private readonly owner: AppendQueueOwner,
  ) {}

  /** The write under way. */
  get writing(): Promise<void> | null {
    return this.#writing;
  }

  add(append: Append): void {
    this.#waiting.push(append);
    this.#waitingBytes += append.bytes;
    this.#watchDeadlines(append.deadline);
    this.schedule();
  }

  /** Writes what waits as soon as it may. */
  schedule(): void {
    if (!this.#mayWrite()) return;
    if (this.#waitingBytes >= WRITTEN_AT_ONCE) void this.#write();
    else if (!this.#isScheduled) {
      this.#isScheduled = true;
      setImmediate(() => {
        this.#isScheduled = false;
        if (this.#mayWrite()) void this.#write();
      });
    }
  }

  /** Resolves when everything is answered. Nothing may be added meanwhile. */
  async close(): Promise<void> {
    while (this.#waiting.length > 0 || this.#writing) await (this.#writing ?? this.#write());
    if (this.#deadlineTimer) clearTimeout(this.#deadlineTimer);
  }

  #mayWrite(): boolean {
    return this.#waiting.length > 0 && !this.#writing && this.owner.mayWrite();
  }

  #write(): Promise<void> {
    let count = 0;
    let bytes = 0;
    for (; count < this.#waiting.length && bytes < GROUP_LIMIT; count += 1)
      bytes += this.#waiting[count]!.bytes;
    const group = this.#waiting.splice(0, count);
    this.#waitingBytes -= bytes;
    this.#inFlight = group;
    this.#writing = this.journal.write(group.map(journalEntryOf)).then(
      () => {
        this.#settle(group);
      },
      (error: unknown) => {
        this.#fail(error);
      },
    );
    return this.#writing;
  }

  #settle(group: readonly Append[]): void {
    this.#writing = null;
    this.#inFlight = [];
    this.owner.written(group);
    this.schedule();
    for (const { events, answer, outcome } of group) {
      const { revision, position } = events[events.length - 1]!;
      const appended = { revision, position, repeated: false, events };
      answer.resolve(appended);
      outcome?.resolve(appended);
    }
  }

  /** What waits was made for what could not be written: all of it is rejected. */
  #fail(cause: unknown): void {
    const appends = [...this.#inFlight, ...this.#waiting];
    this.#writing = null;
    this.#inFlight = [];
    this.#waiting = [];
    this.#waitingBytes = 0;
    const error = this.owner.failed(appends, cause);
    for (const { answer, outcome } of appends) {
      answer.reject(error);
      outcome?.reject(error);
    }
  }

  /** One timer for all that waits, set to the earliest deadline. */
  #watchDeadlines(deadline: number): void {
    if (deadline >= this.#earliest) return;
    this.#earliest = deadline;
    if (this.#deadlineTimer) clearTimeout(this.#deadlineTimer);
    this.#deadlineTimer = setTimeout(
      () => {
        this.#earliest = Infinity;
        const now = Date.now();
        let next = Infinity;
        for (const { deadline: due, answer, head } of [...this.#inFlight, ...this.#waiting]) {
          if (due > now) next = Math.min(next, due);
          else answer.reject(late(head.name));
        }
        this.#watchDeadlines(next);
      },
      Math.min(LONGEST_TIMER_MS, Math.max(1, deadline - Date.now())),
    );
    this.#deadlineTimer.unref();
  }
}

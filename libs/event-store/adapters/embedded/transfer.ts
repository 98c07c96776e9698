import { treeEntriesOf } from './append.js';
import { cannotWrite } from './cannot-write.js';
import { type Journal } from './journal.js';
import { type Overlay } from './overlay.js';
import { type EventTree } from './tree.js';

/** How long after an append the tree takes it in: readers in other processes see it then. */
const TRANSFER_MS = 5;
/** How long after a failed transfer the next one is tried. */
const RETRY_MS = 1000;
/** Bytes that the journal holds alone before appends wait for the tree. */
const JOURNALED_LIMIT = 32 * 1024 * 1024;

export interface TransferOwner {
  /** The write into the journal that is under way. */
  writing(): Promise<void> | null;
  /** Called after each transfer, done or failed: what waited for it may go on. */
  ended(): void;
}

/** Brings what the journal made durable into the tree, many appends at once, so that the journal can be written anew. */
export class Transfer {
  #underWay: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isDue = false;
  /** How many appends the one under way takes: what the journal's other file holds. */
  #share = 0;
  #failure: { readonly cause: unknown } | null = null;

  constructor(
    private readonly journal: Journal,
    private readonly tree: EventTree,
    private readonly overlay: Overlay,
    private readonly owner: TransferOwner,
  ) {}

  /** Why the tree cannot take in what it should: until it can, nothing may be appended. */
  get failure(): { readonly cause: unknown } | null {
    return this.#failure;
  }

  /** The journal holds so much alone that appends must wait. */
  get isBehind(): boolean {
    return this.overlay.bytes > JOURNALED_LIMIT && !this.#failure;
  }

  /** Between two writes into the journal: begins the transfer that is due, or has one come soon. */
  follow(): void {
    if (this.#isDue) this.#begin();
    else this.#beginIn(TRANSFER_MS);
  }

  /** Resolves when the tree has everything up to `position`. Rejects with `StoreUnavailable` where it cannot take it in. */
  async reach(position: number): Promise<void> {
    while (this.overlay.inTree < position) {
      await this.owner.writing();
      this.#begin();
      await this.#underWay;
      if (this.#failure) throw cannotWrite(this.#failure.cause);
    }
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
  }

  #beginIn(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#isDue = true;
      this.#begin();
    }, ms).unref();
  }

  /** Unless one is under way, a write is, or there is nothing to do; it then comes after that. */
  #begin(): void {
    if (this.#underWay || this.owner.writing() || this.overlay.size === 0) return;
    this.#isDue = false;
    this.#underWay = this.#run().then(
      () => {
        this.#underWay = null;
        this.#failure = null;
        if (this.overlay.size > 0) this.#beginIn(TRANSFER_MS);
        this.owner.ended();
      },
      (cause: unknown) => {
        this.#underWay = null;
        this.#failure = { cause };
        this.#beginIn(RETRY_MS);
        this.owner.ended();
      },
    );
  }

  async #run(): Promise<void> {
    if (this.#share === 0) {
      this.journal.turn();
      this.#share = this.overlay.size;
    }
    await this.tree.put(treeEntriesOf(this.overlay.first(this.#share)));
    this.overlay.drop(this.#share);
    this.#share = 0;
  }
}

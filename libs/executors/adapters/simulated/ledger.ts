import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Json } from '#libs/kernel';
import { type NodeIdentity } from '../../contract/index.js';
import { locked } from './file-lock.js';

/** One effect in the simulated world. */
export interface Effect extends NodeIdentity {
  /** Identity of the operation; at most one effect bears it. */
  readonly key: string;
  readonly action: 'create' | 'update' | 'replace' | 'delete';
  readonly digest: string;
  readonly attributes: Readonly<Record<string, Json>>;
  readonly outputs: Readonly<Record<string, Json>>;
}

/**
 * The world that local executors act on, outside both stores: one JSON line for each effect, durable (fdatasync) before `record`
 * resolves. Lines that come while a flush is under way share the next one. Several processes may act on one world: who writes holds a
 * lock, reads what others wrote, and writes nothing under a key that has its effect. A torn last line never happened and is cut off
 * before the next one is written.
 */
export class Ledger {
  readonly #byKey = new Map<string, Effect>();
  readonly #byNode = new Map<string, Effect>();
  #offset = 0;
  #waiting: { readonly effect: Effect; readonly done: (error?: Error) => void }[] = [];
  #flushing = false;
  #reading: Promise<void> = Promise.resolve();

  private constructor(
    private readonly file: FileHandle,
    private readonly lock: string,
  ) {}

  /** `<data>/world/ledger.jsonl`; made where it is not there. */
  static async open(path: string): Promise<Ledger> {
    await mkdir(dirname(path), { recursive: true });
    const ledger = new Ledger(await open(path, 'a+'), `${path}.lock`);
    await ledger.refresh();
    return ledger;
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** The effect under a key, and the last one on a node. */
  byKey(key: string): Effect | undefined {
    return this.#byKey.get(key);
  }

  of(node: NodeIdentity): Effect | undefined {
    const effect = this.#byNode.get(identity(node));
    return effect?.action === 'delete' ? undefined : effect;
  }

  effects(): Iterable<Effect> {
    return this.#byKey.values();
  }

  /** Reads what was written since, by whomever. O(new bytes). One after the other: each goes on where the last one stopped. */
  async refresh(): Promise<void> {
    const reading = this.#reading.then(() => this.#read());
    this.#reading = reading.catch(() => undefined);
    await reading;
  }

  async #read(): Promise<void> {
    const { size } = await this.file.stat();
    if (size <= this.#offset) return;
    const bytes = Buffer.alloc(size - this.#offset);
    const { bytesRead } = await this.file.read(bytes, 0, bytes.length, this.#offset);
    const end = bytes.subarray(0, bytesRead).lastIndexOf(0x0a) + 1;
    for (const line of bytes.subarray(0, end).toString('utf8').split('\n'))
      if (line !== '') this.#take(JSON.parse(line) as Effect);
    this.#offset += end;
  }

  /**
   * Resolves with the effect under that key when it is durable: this one, or what another process had recorded. Rejects where the file
   * cannot be written; then nothing happened.
   */
  async record(effect: Effect): Promise<Effect> {
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({
        effect,
        done: (error) => {
          if (error) reject(error);
          else resolve();
        },
      });
      if (!this.#flushing) void this.#flush();
    });
    return this.byKey(effect.key)!;
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  async #flush(): Promise<void> {
    this.#flushing = true;
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        await locked(this.lock, () => this.#write(group.map((g) => g.effect)));
        for (const { done } of group) done();
      } catch (error) {
        for (const { done } of group) done(error as Error);
      }
    }
    this.#flushing = false;
  }

  /** Only under the lock. */
  async #write(effects: readonly Effect[]): Promise<void> {
    await this.refresh();
    const fresh = new Map(effects.filter(({ key }) => !this.#byKey.has(key)).map((e) => [e.key, e]));
    if (fresh.size > 0) {
      const { size } = await this.file.stat();
      if (size > this.#offset) await this.file.truncate(this.#offset);
      await this.file.appendFile([...fresh.values()].map((e) => `${JSON.stringify(e)}\n`).join(''));
    }
    // Also where another wrote it: that process may not have flushed it yet.
    await this.file.datasync();
    await this.refresh();
  }

  #take(effect: Effect): void {
    this.#byKey.set(effect.key, effect);
    this.#byNode.set(identity(effect), effect);
  }
}

const identity = ({ region, environment, flock, target, address }: NodeIdentity): string =>
  JSON.stringify([region, environment, flock, target, address]);

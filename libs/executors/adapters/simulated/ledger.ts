import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Json } from '#libs/kernel';
import { type NodeIdentity } from '../../contract/index.js';

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
 * resolves. Lines that come while a flush is under way share the next one. A torn last line never happened and is cut off when the
 * file is opened for writing. Lines of other processes are read as they appear.
 */
export class Ledger {
  readonly #byKey = new Map<string, Effect>();
  readonly #byNode = new Map<string, Effect>();
  #offset = 0;
  #waiting: { readonly line: string; readonly done: (error?: Error) => void }[] = [];
  #flushing = false;
  #reading: Promise<void> = Promise.resolve();

  private constructor(private readonly file: FileHandle) {}

  /** `<data>/world/ledger.jsonl`; made where it is not there. */
  static async open(path: string): Promise<Ledger> {
    await mkdir(dirname(path), { recursive: true });
    const ledger = new Ledger(await open(path, 'a+'));
    await ledger.refresh();
    const { size } = await ledger.file.stat();
    if (size > ledger.#offset) await ledger.file.truncate(ledger.#offset);
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

  /** Resolves when the effect is durable. Rejects where the file cannot be written; then nothing happened. */
  async record(effect: Effect): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({
        line: `${JSON.stringify(effect)}\n`,
        done: (error) => {
          if (error) reject(error);
          else resolve();
        },
      });
      if (!this.#flushing) void this.#flush();
    });
    await this.refresh();
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
        await this.file.appendFile(group.map((g) => g.line).join(''));
        await this.file.datasync();
        for (const { done } of group) done();
      } catch (error) {
        for (const { done } of group) done(error as Error);
      }
    }
    this.#flushing = false;
  }

  #take(effect: Effect): void {
    this.#byKey.set(effect.key, effect);
    this.#byNode.set(identity(effect), effect);
  }
}

const identity = ({ region, environment, flock, target, address }: NodeIdentity): string =>
  JSON.stringify([region, environment, flock, target, address]);

import { watch, type FSWatcher } from 'node:fs';
import { Doorbell } from '../doorbell.js';

const SHORTEST_MS = 5;
const LONGEST_MS = 250;

/**
 * Rings when another process may have written to `file`: at once where the system tells (`fs.watch`), and behind that by looking
 * every 5 ms after something new, up to every 250 ms when nothing comes. Watches only while somebody waits.
 */
export class FileDoorbell {
  readonly #bell = new Doorbell();
  #watcher: FSWatcher | null = null;
  #timer: NodeJS.Timeout | null = null;
  #waiting = 0;

  constructor(private readonly file: string) {}

  /** Resolves when `isNew` says so, or when the signal aborts. */
  async wait(isNew: () => boolean, signal: AbortSignal): Promise<void> {
    this.#waiting += 1;
    this.#listen();
    try {
      for (let ms = SHORTEST_MS; !signal.aborted && !isNew(); ms = Math.min(ms * 1.5, LONGEST_MS)) {
        const timer = setTimeout(() => {
          this.#bell.ring();
        }, ms);
        await this.#bell.wait(signal);
        clearTimeout(timer);
      }
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#rest();
    }
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#watcher?.close();
    this.#watcher = null;
    this.#bell.ring();
  }

  #listen(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#watcher) return;
    try {
      this.#watcher = watch(this.file, { persistent: false }, () => {
        this.#bell.ring();
      });
      this.#watcher.on('error', () => {
        this.#watcher?.close();
        this.#watcher = null;
      });
    } catch {
      // No watches left on this machine: looking regularly is enough.
    }
  }

  /** A reader that comes back soon finds the watch still there. */
  #rest(): void {
    this.#timer = setTimeout(() => {
      this.close();
    }, 1000);
    this.#timer.unref();
  }
}

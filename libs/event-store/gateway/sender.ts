import { type Writable } from 'node:stream';

/** Sends to a caller at the caller's pace. */
export class Sender<T> {
  readonly #gone = new AbortController();
  /** Until the caller has read: for all who wait. */
  #room: Promise<void> | null = null;

  constructor(private readonly call: Writable & { readonly cancelled: boolean }) {
    const gone = () => {
      this.#gone.abort();
    };
    call.on('cancelled', gone);
    call.on('close', gone);
    call.on('error', gone);
  }

  /** Aborts when the caller is gone. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  /** Waits while the caller is slower than the store; false when it is gone. */
  async send(message: T): Promise<boolean> {
    const { signal } = this.#gone;
    if (signal.aborted || this.call.cancelled) return false;
    if (this.call.write(message)) return true;
    await (this.#room ??= this.#drained());
    return !signal.aborted;
  }

  async #drained(): Promise<void> {
    const { signal } = this.#gone;
    await new Promise<void>((resolve) => {
      const go = () => {
        this.call.off('drain', go);
        signal.removeEventListener('abort', go);
        resolve();
      };
      this.call.on('drain', go);
      signal.addEventListener('abort', go);
    });
    this.#room = null;
  }
}

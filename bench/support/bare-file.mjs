import { open } from 'node:fs/promises';
import { setImmediate } from 'node:timers';

/** The simplest durable log: JSON lines appended to a file, written and flushed in groups, one group in flight. */
export class BareFile {
  #queue = [];
  #busy = false;
  #file;

  static async open(path) {
    const file = new BareFile();
    file.#file = await open(path, 'a');
    return file;
  }

  append(events) {
    let text = '';
    for (const event of events) text += JSON.stringify(event) + '\n';
    return new Promise((resolve, reject) => {
      this.#queue.push({ text, resolve, reject });
      if (this.#queue.length === 1 && !this.#busy) setImmediate(() => void this.#flush());
    });
  }

  async #flush() {
    if (this.#busy || this.#queue.length === 0) return;
    this.#busy = true;
    const group = this.#queue;
    this.#queue = [];
    try {
      await this.#file.write(group.map((g) => g.text).join(''));
      await this.#file.datasync();
      for (const { resolve } of group) resolve();
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
    this.#busy = false;
    if (this.#queue.length > 0) setImmediate(() => void this.#flush());
  }

  close() {
    return this.#file.close();
  }
}

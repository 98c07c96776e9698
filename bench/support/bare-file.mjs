import { open } from 'node:fs/promises';
import { setImmediate } from 'node:timers';

/**
 * The least that an event store on a bare append-only file can do: expectations checked against heads in memory, an id and a
 * position for each event, JSON lines written and flushed in groups, one group in flight. No index, no hashes, no recovery.
 */
export class BareFile {
  #heads = new Map();
  #position = 0;
  #queue = [];
  #busy = false;
  #file;

  static async open(path) {
    const file = new BareFile();
    file.#file = await open(path, 'a');
    return file;
  }

  /** `expected` is the revision of the stream's last event, -1 for a new one. */
  append(stream, events, expected) {
    const head = this.#heads.get(stream) ?? -1;
    if (head !== expected) return Promise.reject(new Error(`${stream} is at ${head}, not at ${expected}`));
    const recordedAt = Date.now();
    let revision = head;
    let text = '';
    for (const event of events) {
      const record = {
        position: (this.#position += 1),
        stream,
        revision: (revision += 1),
        recordedAt,
        ...event,
      };
      text += JSON.stringify(record) + '\n';
    }
    this.#heads.set(stream, revision);
    return new Promise((resolve, reject) => {
      this.#queue.push({ text, revision, resolve, reject });
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
      for (const { resolve, revision } of group) resolve(revision);
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

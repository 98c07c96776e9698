import { randomBytes } from 'node:crypto';
import {
  close,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  rmSync,
  write,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { carvedFrom, type Carved } from './record.js';

/** One append as the journal holds it; its records are what the tree will hold. */
export interface JournalEntry {
  readonly streamNumber: number;
  readonly streamName: string;
  /** Of its first event. */
  readonly revision: number;
  /** Of its first event. */
  readonly position: number;
  readonly records: readonly Carved[];
}

interface Page {
  /** Counts how often a file was begun anew, over both; 0 where it begins with no whole frame. */
  readonly turn: number;
  readonly entries: readonly JournalEntry[];
  /** Where its frames end. */
  readonly end: number;
  /** The latest turn of a whole frame behind that, or 0. */
  readonly turnBehind: number;
}

/** A frame: magic (4 bytes), CRC-32 of all behind it, the journal's id (8), turn (double), length of the entries, their number; then they. */
const MAGIC = 0x4c4a4943;
const [CRC_AT, ID_AT, TURN_AT, LENGTH_AT, COUNT_AT, HEADER] = [4, 8, 16, 24, 28, 32] as const;
/** An entry: stream number, revision, position (double), length of the name, number of records; the name; each record, its length first. */
const ENTRY_HEADER = 22;
/** Frames begin at multiples of it, so that those behind a damaged one are found. */
const ALIGN = 512;
/** A buffer larger than that is not kept for the next frame. */
const KEPT_BYTES = 1 << 20;
const NAMES = ['events-0.journal', 'events-1.journal'] as const;

const writeTo = promisify(write);
const closeFile = promisify(close);

/**
 * Where an append becomes durable: two files beside the tree, written in turns, each from its start again, so that a group of
 * appends costs one write of blocks that the file has already. While the tree takes in what one file holds, the other is written.
 * A file ends where no whole frame of its turn follows.
 */
export class Journal {
  readonly #paths: readonly string[];
  readonly #files: number[] = [];
  #turn = 1;
  #offset = 0;
  #buffer = Buffer.alloc(64 * 1024);
  /** Where a write failed, a frame may stand that nobody was promised: it goes before anything else is written. */
  #spoilt = false;

  private constructor(
    folder: string,
    private readonly id: string,
  ) {
    this.#paths = Journal.allPaths(folder);
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_DSYNC;
    for (const path of this.#paths) this.#files.push(openSync(path, flags, 0o664));
    const parent = openSync(folder, 'r');
    fsyncSync(parent);
    closeSync(parent);
  }

  /** For writing, under a fresh id. What the files held must be in the tree, and the tree's mark not name them any more. */
  static begin(folder: string): { readonly journal: Journal; readonly id: string } {
    const id = randomBytes(8).toString('hex');
    const journal = new Journal(folder, id);
    for (const file of journal.#files) overwrite(file, 0);
    return { journal, id };
  }

  static allPaths(folder: string): readonly string[] {
    return NAMES.map((name) => join(folder, name));
  }

  /** Of the files that are there. */
  static paths(folder: string): readonly string[] {
    return Journal.allPaths(folder).filter((path) => existsSync(path));
  }

  /**
   * What the journal `id` of a writer that ended holds, oldest first, whether the tree has it or not. Throws where the files are of
   * another journal, and where a frame is damaged that has others behind it; one that has none was being written when the writer
   * ended. Beside a living writer it is only a glance.
   */
  static read(folder: string, id: string): readonly JournalEntry[] {
    const pages = Journal.paths(folder).map((path) => ({ path, ...readPage(path, id) }));
    const lastTurn = Math.max(0, ...pages.map(({ turn }) => turn));
    // Frames of earlier turns stand behind the latest ones; those of its own turn, or of a later one, had something before them.
    for (const { path, turn, turnBehind, end } of pages) {
      if (turn > 0 && !path.endsWith(NAMES[turn % 2]!))
        throw new Error(`${path} was copied over another file`);
      if (turnBehind > 0 && (turn > 0 ? turnBehind === turn : turnBehind > lastTurn))
        throw new Error(`${path} is damaged at byte ${end}: what was written behind it is whole`);
    }
    pages.sort((a, b) => a.turn - b.turn);
    return pages.flatMap(({ entries }) => entries);
  }

  /** Whether the files hold anything, of whichever journal. */
  static isEmpty(folder: string): boolean {
    return Journal.paths(folder).every((path) => frameAt(readFileSync(path), 0) === null);
  }

  /** Durable when it resolves. One at a time. Where it rejects, nothing of it will ever be read. */
  async write(entries: readonly JournalEntry[]): Promise<void> {
    if (this.#spoilt) this.#blank();
    const length = this.#frame(entries);
    const file = this.#files[this.#turn % 2]!;
    try {
      for (let done = 0; done < length;) {
        const { bytesWritten } = await writeTo(file, this.#buffer, done, length - done, this.#offset + done);
        done += bytesWritten;
      }
    } catch (error) {
      this.#spoilt = true;
      try {
        this.#blank();
      } catch {
        // Then before the next write.
      }
      throw error;
    } finally {
      if (this.#buffer.length > KEPT_BYTES) this.#buffer = Buffer.alloc(64 * 1024);
    }
    this.#offset += length;
  }

  /** The next write begins the other file anew: the tree must hold what that one holds. Not during a write. */
  turn(): void {
    if (this.#spoilt) this.#blank();
    this.#turn += 1;
    this.#offset = 0;
  }

  /**
   * Overwrites all that both files hold; the tree must hold it. Not during a write. An empty frame of a new turn comes first, and the
   * beginning of the other file next: wherever this is cut short, no file looks damaged.
   */
  erase(): void {
    this.turn();
    const [own, other] = [this.#files[this.#turn % 2]!, this.#files[(this.#turn + 1) % 2]!];
    const length = this.#frame([]);
    this.#spoilt = true;
    writeSync(own, this.#buffer, 0, length, 0);
    this.#spoilt = false;
    this.#offset = length;
    overwrite(other, 0, ALIGN);
    overwrite(other, ALIGN);
    overwrite(own, length);
  }

  /** Removes the files where the tree holds what they hold, and leaves them to the next writer where it does not. */
  async close({ remove }: { readonly remove: boolean }): Promise<void> {
    try {
      if (this.#spoilt && !remove) this.#blank();
    } finally {
      for (const file of this.#files) await closeFile(file);
    }
    if (remove) for (const path of this.#paths) rmSync(path, { force: true });
  }

  /** Takes no room: behind the end of the file nothing was written. */
  #blank(): void {
    const file = this.#files[this.#turn % 2]!;
    overwrite(file, this.#offset, this.#offset + HEADER);
    this.#spoilt = false;
  }

  #frame(entries: readonly JournalEntry[]): number {
    let length = HEADER;
    for (const { streamName, records } of entries) {
      length += ENTRY_HEADER + Buffer.byteLength(streamName);
      for (const { start, end } of records) length += 4 + end - start;
    }
    const aligned = Math.ceil(length / ALIGN) * ALIGN;
    if (aligned > this.#buffer.length) this.#buffer = Buffer.alloc(2 ** Math.ceil(Math.log2(aligned)));
    const bytes = this.#buffer;
    bytes.writeUInt32LE(MAGIC, 0);
    bytes.write(this.id, ID_AT, 'hex');
    bytes.writeDoubleLE(this.#turn, TURN_AT);
    bytes.writeUInt32LE(length - HEADER, LENGTH_AT);
    bytes.writeUInt32LE(entries.length, COUNT_AT);
    let at = HEADER;
    for (const { streamNumber, streamName, revision, position, records } of entries) {
      bytes.writeUInt32LE(streamNumber, at);
      bytes.writeUInt32LE(revision, at + 4);
      bytes.writeDoubleLE(position, at + 8);
      const name = bytes.write(streamName, at + ENTRY_HEADER);
      bytes.writeUInt16LE(name, at + 16);
      bytes.writeUInt32LE(records.length, at + 18);
      at += ENTRY_HEADER + name;
      for (const { slab, start, end } of records) {
        bytes.writeUInt32LE(end - start, at);
        at += 4 + slab.copy(bytes, at + 4, start, end);
      }
    }
    bytes.fill(0, length, aligned);
    bytes.writeUInt32LE(crc32(bytes.subarray(ID_AT, length)), CRC_AT);
    return aligned;
  }
}

/** With zeros, as far as the file goes. */
function overwrite(file: number, from: number, to = Infinity): void {
  const length = Math.min(to, fstatSync(file).size) - from;
  if (length > 0) writeSync(file, Buffer.alloc(length), 0, length, from);
}

function readPage(path: string, id: string): Page {
  const bytes = readFileSync(path);
  const entries: JournalEntry[] = [];
  let turn = 0;
  let end = 0;
  for (let frame = frameAt(bytes, 0); frame; frame = frameAt(bytes, end)) {
    if (end === 0 && frame.id !== id) throw new Error(`${path} is of another journal`);
    if (frame.id !== id || (end > 0 && frame.turn !== turn)) break;
    turn = frame.turn;
    entries.push(...entriesOf(bytes.subarray(end + HEADER, frame.end), frame.count));
    end = Math.ceil(frame.end / ALIGN) * ALIGN;
  }
  let turnBehind = 0;
  for (let at = end + ALIGN; at < bytes.length; at += ALIGN) {
    const frame = frameAt(bytes, at);
    if (frame?.id === id) turnBehind = Math.max(turnBehind, frame.turn);
  }
  return { turn, entries, end, turnBehind };
}

interface Frame {
  readonly id: string;
  readonly turn: number;
  readonly end: number;
  readonly count: number;
}

/** Null where no whole frame begins. */
function frameAt(bytes: Buffer, at: number): Frame | null {
  if (at + HEADER > bytes.length || bytes.readUInt32LE(at) !== MAGIC) return null;
  const end = at + HEADER + bytes.readUInt32LE(at + LENGTH_AT);
  if (end > bytes.length || crc32(bytes.subarray(at + ID_AT, end)) !== bytes.readUInt32LE(at + CRC_AT))
    return null;
  return {
    id: bytes.toString('hex', at + ID_AT, at + TURN_AT),
    turn: bytes.readDoubleLE(at + TURN_AT),
    end,
    count: bytes.readUInt32LE(at + COUNT_AT),
  };
}

function entriesOf(bytes: Buffer, count: number): JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (let at = 0; entries.length < count;) {
    const name = at + ENTRY_HEADER;
    const nameEnd = name + bytes.readUInt16LE(at + 16);
    const records: Carved[] = [];
    const entry = {
      streamNumber: bytes.readUInt32LE(at),
      revision: bytes.readUInt32LE(at + 4),
      position: bytes.readDoubleLE(at + 8),
      streamName: bytes.toString('utf8', name, nameEnd),
      records,
    };
    let left = bytes.readUInt32LE(at + 18);
    for (at = nameEnd; left > 0; left -= 1) {
      const end = at + 4 + bytes.readUInt32LE(at);
      records.push(carvedFrom(bytes.subarray(at + 4, end)));
      at = end;
    }
    entries.push(entry);
  }
  return entries;
}

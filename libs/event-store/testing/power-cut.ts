import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openEmbeddedEventStore } from '../adapters/embedded/index.js';
import { collect } from './events.js';
import { mulberry32, writer } from './kill.js';
import { LogCheck, promisesIn } from './log-check.js';

export interface PowerCutOptions {
  readonly folder: string;
  readonly cuts: number;
  readonly seed: number;
  /** Added to each flush, in ms. Default 0. */
  readonly flushMs?: number;
  /** How long the writer writes, in ms. Default 1,500. */
  readonly loadMs?: number;
  readonly report?: (cut: number, problems: readonly string[]) => void;
}

export interface PowerCutFindings {
  readonly cuts: number;
  /** Acknowledged commands that were looked for, over all cuts. */
  readonly acknowledged: number;
  /** Writes and flushes in the journal that was cut. */
  readonly records: number;
  /** How late the writer's timers of 1 ms were, in ms. */
  readonly loopDelay: { readonly median: number; readonly p99: number };
  readonly problems: readonly string[];
}

interface JournalRecord {
  readonly op: string;
  /** Index in `FILES`. */
  readonly file: number;
  readonly offset: number;
  readonly bytes: Buffer;
}

const FILES = ['events.mdb', 'events-0.journal', 'events-1.journal'];
const SECTOR = 512;
/** Shares of unflushed sectors that reach the disk. */
const SURVIVING = [0, 0.5, 0.9, 0.97];

const up = import.meta.url.endsWith('.ts') ? '../../../' : '../../../../';
const SOURCE = fileURLToPath(new URL(`${up}scripts/soak/flush-journal.c`, import.meta.url));

/** Why the simulator cannot run here, or null. It needs Linux with glibc and a C compiler. */
export function powerCutsNeed(): string | null {
  if (process.platform !== 'linux') return 'it needs LD_PRELOAD of Linux';
  return spawnSync('cc', ['--version']).status === 0 ? null : 'there is no C compiler (cc)';
}

/**
 * Journals every write and flush of a loaded writer, then builds for each of `cuts` seeded points what the loss of power there could
 * have left: all that was flushed, and of what was not, of the write under way too, any 512-byte sectors. Each image must open and
 * hold every event acknowledged before the cut, once, in order, chains intact and no command half there, and take another append.
 */
export async function cutPower(options: PowerCutOptions): Promise<PowerCutFindings> {
  const { cuts, seed, report } = options;
  const journal = await journalOf(options);
  const random = mulberry32(seed);
  const first = journal.findIndex(({ op, bytes }) => op === 'A' && bytes.toString('latin1').startsWith('A '));
  if (first < 0) throw new Error('the writer acknowledged nothing');
  const flushes = journal.flatMap(({ op }, i) => (i >= first && (op === 'S' || op === 'D') ? [i] : []));
  // Four of five beside a flush, where most can go wrong.
  const points = Array.from({ length: cuts }, (_, n) =>
    n % 5 === 4
      ? first + Math.floor(random() * (journal.length - first))
      : flushes[Math.floor(random() * flushes.length)]! + Math.floor(random() * 3) - 1,
  ).sort((a, b) => a - b);

  const disks = FILES.map(() => new Disk());
  const problems: string[] = [];
  let acknowledged = 0;
  let said = '';
  let at = 0;
  for (const [n, point] of points.entries()) {
    for (; at < point; at += 1) {
      const record = journal[at]!;
      if (record.op === 'A') said += record.bytes.toString('latin1');
      else disks[record.file]!.apply(record);
    }
    const promised = promisesIn(said);
    acknowledged += promised.size;
    const image = join(options.folder, `cut-${n}`);
    mkdirSync(image, { recursive: true });
    const share = SURVIVING[Math.floor(random() * SURVIVING.length)]!;
    for (const [i, disk] of disks.entries()) {
      const underWay = journal[point]?.file === i ? journal[point] : undefined;
      const bytes = disk.afterCut(underWay, () => random() < share);
      if (bytes) writeFileSync(join(image, FILES[i]!), bytes);
    }
    const found = await problemsOf(image, promised);
    problems.push(...found.map((problem) => `cut ${n}, at ${point} of ${journal.length}: ${problem}`));
    if (found.length === 0) rmSync(image, { recursive: true });
    report?.(n, found);
  }
  const [median = NaN, p99 = NaN] = (/L (\S+) (\S+)\n(?:(?!L ).*\n)*$/.exec(said) ?? []).slice(1).map(Number);
  return { cuts, acknowledged, records: journal.length, loopDelay: { median, p99 }, problems };
}

/** One file: what is surely on the disk, and what was written and not yet flushed. */
class Disk {
  #flushed = Buffer.alloc(1 << 20);
  #length = 0;
  #pending: JournalRecord[] = [];

  apply(record: JournalRecord): void {
    const { op, offset, bytes } = record;
    if (op === 'W') this.#pending.push(record);
    else if (op === 'D') this.#put(offset, bytes);
    else {
      for (const write of this.#pending) this.#put(write.offset, write.bytes);
      this.#pending = [];
      if (op === 'T') {
        if (offset < this.#length) this.#flushed.fill(0, offset);
        this.#reach(offset);
        this.#length = offset;
      }
    }
  }

  /** Null where nothing was ever written. */
  afterCut(underWay: JournalRecord | undefined, survives: () => boolean): Buffer | null {
    const writing = underWay && (underWay.op === 'W' || underWay.op === 'D') ? [underWay] : [];
    const unflushed = [...this.#pending, ...writing];
    const end = Math.max(this.#length, ...unflushed.map(({ offset, bytes }) => offset + bytes.length));
    if (end === 0) return null;
    const image = Buffer.alloc(end);
    this.#flushed.copy(image, 0, 0, this.#length);
    let length = this.#length;
    for (const { offset, bytes } of unflushed)
      for (let from = 0; from < bytes.length; from += SECTOR) {
        if (!survives()) continue;
        bytes.copy(image, offset + from, from, from + SECTOR);
        length = Math.max(length, offset + Math.min(from + SECTOR, bytes.length));
      }
    return image.subarray(0, length);
  }

  #put(offset: number, bytes: Buffer): void {
    this.#reach(offset + bytes.length);
    bytes.copy(this.#flushed, offset);
    this.#length = Math.max(this.#length, offset + bytes.length);
  }

  #reach(length: number): void {
    if (length <= this.#flushed.length) return;
    const larger = Buffer.alloc(2 * length);
    this.#flushed.copy(larger);
    this.#flushed = larger;
  }
}

async function journalOf({ folder, flushMs = 0, loadMs = 1500 }: PowerCutOptions): Promise<JournalRecord[]> {
  mkdirSync(join(folder, 'loaded'), { recursive: true });
  const store = realpathSync(join(folder, 'loaded'));
  const library = join(folder, 'flush-journal.so');
  const built = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, SOURCE, '-ldl', '-lpthread'], {
    encoding: 'utf8',
  });
  if (built.status !== 0) throw new Error(`${SOURCE} cannot be compiled: ${built.stderr}`);
  const path = join(folder, 'journal');
  const child = spawn(process.execPath, [...writer(), store, '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      LD_PRELOAD: library,
      JOURNAL: path,
      JOURNAL_OF: FILES.map((name) => join(store, name)).join(':'),
      FLUSH_US: String(flushMs * 1000),
    },
  });
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
  const isUp = new Promise((resolve) => child.stdout.once('data', resolve));
  child.stdout.resume();
  await Promise.race([isUp, ended]);
  await sleep(loadMs);
  child.kill('SIGKILL');
  const how = await ended;
  if (how !== 'SIGKILL') throw new Error(`the writer ended by itself (${String(how)})`);
  const records = recordsIn(readFileSync(path));
  rmSync(path);
  return records;
}

function recordsIn(journal: Buffer): JournalRecord[] {
  const records: JournalRecord[] = [];
  for (let at = 0; at + 18 <= journal.length;) {
    const length = Number(journal.readBigUInt64LE(at + 10));
    const end = at + 18 + length;
    if (end > journal.length) break;
    const op = String.fromCharCode(journal[at]!);
    records.push({
      op,
      file: journal[at + 1]!,
      offset: Number(journal.readBigUInt64LE(at + 2)),
      bytes: journal.subarray(at + 18, end),
    });
    at = end;
  }
  return records;
}

async function problemsOf(folder: string, promised: Map<string, string>): Promise<readonly string[]> {
  try {
    const store = await openEmbeddedEventStore({ folder });
    try {
      const log = new LogCheck();
      const problems: string[] = [];
      for (const { position, event, problem } of store.scan()) {
        if (problem !== undefined) problems.push(`position ${position}: ${problem}`);
        if (event) problems.push(...log.add(event, promised));
      }
      problems.push(...log.finish(promised));
      const [last] = await collect(store.readAll({ direction: 'backwards', limit: 1 }));
      if (last) {
        const { id, type, data, salt, metadata } = last;
        await store.append('after-the-cut', [{ id, type, data, salt, metadata }], { expected: 'absent' });
      }
      return problems;
    } finally {
      await store.close();
    }
  } catch (error) {
    return [`the store does not open or cannot be read: ${String(error)}`];
  }
}

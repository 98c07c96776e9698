import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';

/** Of LMDB's two meta pages, behind the page's header (little-endian): magic, version, page size, free list, main tree, … */
const MAGIC = 0xbeefc0de;
const [MAGIC_AT, VERSION_AT, PAGE_SIZE_AT, FREE_AT, MAIN_AT, LAST_PAGE_AT, TXN_AT] = [
  24, 28, 48, 48, 96, 144, 152,
];
const META_BYTES = TXN_AT + 8;
const NO_PAGE = 0xffff_ffff_ffff_ffffn;

/** Of a page: its number (8 bytes), transaction (8), flags, for trees `lower` and `upper`; offsets within count from its end. */
const HEADER = 24;
const TRANSACTION_AT = 8;
const [FLAGS_AT, LOWER_AT, UPPER_AT, OVERFLOW_PAGES_AT] = [18, 20, 22, 20];
const [BRANCH, LEAF, OVERFLOW] = [1, 2, 4];
/** A node: size (4 bytes), flags, size of its key, key, value. */
const NODE_HEADER = 8;
const [BIG_DATA, SUB_TREE] = [1, 2];
/** What is recorded of a tree: depth (2 bytes), then pages of each kind, entries and the root (8 bytes each). */
const [DEPTH_AT, BRANCHES_AT, LEAVES_AT, OVERFLOWS_AT, ENTRIES_AT, ROOT_AT, RECORD] = [
  6, 8, 16, 24, 32, 40, 48,
];
const MAX_DEPTH = 32;
const ATTEMPTS = 10;

export interface Meta {
  readonly pageSize: number;
  readonly freeList: Buffer;
  readonly mainTree: Buffer;
  readonly lastPage: bigint;
  readonly transaction: bigint;
  /** Compacted, and not written since: its pages are of no transaction. */
  readonly isCopy: boolean;
}

/**
 * Throws where `path` is not what LMDB left there, because LMDB itself ends the process where a page makes no sense. An absent or
 * empty file beside no lock file is a new store; the lock file stays behind when a store was open once, and without the data that is
 * lost data. All pages that the trees have are looked at: that they are where they belong, that their entries lie within them, and that
 * they are as many as is recorded, lest a root that was altered lead to another tree. What the entries hold is guarded by checksums, and checked when it is read. O(pages), about a second for a million events.
 */
export function checkPages(path: string): void {
  const lock = `${path}-lock`;
  const wasOpen = existsSync(lock);
  const remedy = `; to begin anew instead, remove ${lock} too`;
  if (!existsSync(path)) {
    if (wasOpen) throw new Error(`it is missing, though it was there before${remedy}`);
    return;
  }
  const file = openSync(path, 'r');
  try {
    if (fstatSync(file).size === 0) {
      if (wasOpen) throw new Error(`it is empty, though it was opened before${remedy}`);
      return;
    }
    for (let attempt = 1; ; attempt += 1) {
      const meta = readMeta(file);
      try {
        const pages = new Pages(file, meta);
        pages.check();
        if (pages.doubt && readMeta(file).transaction === meta.transaction) throw pages.doubt;
        return;
      } catch (error) {
        // Beside a writer a page may be written again while it is looked at.
        if (readMeta(file).transaction === meta.transaction) throw error;
        // A writer that never rests looked at all of them itself.
        if (attempt === ATTEMPTS) return;
      }
    }
  } finally {
    closeSync(file);
  }
}

export function readMeta(file: number): Meta {
  const page = Buffer.alloc(META_BYTES);
  readSync(file, page, 0, META_BYTES, 0);
  if (page.readUInt32LE(MAGIC_AT) !== MAGIC) throw new Error('it does not begin like an LMDB file');
  const pageSize = page.readUInt32LE(PAGE_SIZE_AT);
  const other = Buffer.alloc(META_BYTES);
  if (readSync(file, other, 0, META_BYTES, pageSize) < META_BYTES)
    throw new Error('it was cut short: its second page is not there');
  const isAlike = [MAGIC_AT, VERSION_AT, PAGE_SIZE_AT].every(
    (at) => other.readUInt32LE(at) === page.readUInt32LE(at),
  );
  if (!isAlike) throw new Error('one of its first two pages is damaged: they are of different formats');
  const [newer, older] =
    other.readBigUInt64LE(TXN_AT) > page.readBigUInt64LE(TXN_AT) ? [other, page] : [page, other];
  const lastPage = newer.readBigUInt64LE(LAST_PAGE_AT);
  // Pages come before the meta page that counts them, so beside a writer the file is only ever longer.
  const { size } = fstatSync(file);
  const whole = (lastPage + 1n) * BigInt(pageSize);
  if (BigInt(size) < whole) throw new Error(`it was cut short: it has ${size} of ${whole} bytes`);
  return {
    pageSize,
    freeList: newer.subarray(FREE_AT, FREE_AT + RECORD),
    mainTree: newer.subarray(MAIN_AT, MAIN_AT + RECORD),
    isCopy: older.readBigUInt64LE(TXN_AT) === 0n,
    lastPage,
    transaction: newer.readBigUInt64LE(TXN_AT),
  };
}

interface Count {
  depth: number;
  branches: number;
  leaves: number;
  overflows: number;
  entries: number;
}

/** The pages of the trees as of `meta`. */
export class Pages {
  /** What is wrong with the trees, unless they were written meanwhile. */
  doubt: Error | null = null;

  constructor(
    private readonly file: number,
    private readonly meta: Meta,
  ) {}

  check(): void {
    const { freeList, mainTree, transaction, isCopy } = this.meta;
    this.#tree(freeList, 0);
    this.#tree(mainTree, SUB_TREE);
    const root = mainTree.readBigUInt64LE(ROOT_AT);
    // Whatever is written, the main tree refers to it. An older root was left behind by an earlier transaction.
    if (root === NO_PAGE || isCopy) return;
    if (this.#read(root, HEADER)?.readBigUInt64LE(TRANSACTION_AT) !== transaction)
      this.doubt ??= new Error(`the tree at its page ${root} is an earlier one`);
  }

  /** `kind` is that of its entries, where their values stand in the leaves. */
  #tree(record: Buffer, kind: number): void {
    const root = record.readBigUInt64LE(ROOT_AT);
    const count: Count = { depth: 0, branches: 0, leaves: 0, overflows: 0, entries: 0 };
    if (root !== NO_PAGE) this.#page(root, 1, kind, count);
    const isAsRecorded =
      record.readUInt16LE(DEPTH_AT) === count.depth &&
      record.readBigUInt64LE(BRANCHES_AT) === BigInt(count.branches) &&
      record.readBigUInt64LE(LEAVES_AT) === BigInt(count.leaves) &&
      record.readBigUInt64LE(OVERFLOWS_AT) === BigInt(count.overflows) &&
      record.readBigUInt64LE(ENTRIES_AT) === BigInt(count.entries);
    if (!isAsRecorded) this.doubt ??= new Error(`the tree at its page ${root} is not what is recorded of it`);
  }

  #page(number: bigint, depth: number, kind: number, count: Count): void {
    const page = this.#read(number, this.meta.pageSize);
    if (page === null) return;
    const flags = page.readUInt16LE(FLAGS_AT) & (BRANCH | LEAF | OVERFLOW);
    if ((flags !== BRANCH && flags !== LEAF) || depth > MAX_DEPTH) throw damaged(number);
    const [lower, upper] = [page.readUInt16LE(LOWER_AT), page.readUInt16LE(UPPER_AT)];
    if (lower % 2 > 0 || lower > upper || HEADER + upper > page.length) throw damaged(number);
    count.depth = Math.max(count.depth, depth);
    if (flags === BRANCH) count.branches += 1;
    else {
      count.leaves += 1;
      count.entries += lower / 2;
    }
    for (let at = HEADER; at < HEADER + lower; at += 2) {
      const node = HEADER + page.readUInt16LE(at);
      if (node < HEADER + upper || node + NODE_HEADER > page.length) throw damaged(number);
      const low = page.readUInt32LE(node);
      const high = page.readUInt16LE(node + 4);
      const value = node + NODE_HEADER + page.readUInt16LE(node + 6);
      if (flags === BRANCH) {
        if (value > page.length) throw damaged(number);
        this.#page(BigInt(low) + (BigInt(high) << 32n), depth + 1, kind, count);
      } else if (high === BIG_DATA) {
        if (value + 8 > page.length) throw damaged(number);
        count.overflows += this.#overflow(page.readBigUInt64LE(value), low);
      } else {
        if (value + low > page.length || (high !== 0 && high !== SUB_TREE)) throw damaged(number);
        if (high !== kind) this.doubt ??= damaged(number);
        if (high === SUB_TREE) {
          if (low < RECORD) throw damaged(number);
          this.#tree(page.subarray(value, value + RECORD), 0);
        }
      }
    }
  }

  /** How many pages it takes. */
  #overflow(number: bigint, bytes: number): number {
    const page = this.#read(number, HEADER);
    if (page === null) return 0;
    const pages = page.readUInt32LE(OVERFLOW_PAGES_AT);
    const isOverflow = (page.readUInt16LE(FLAGS_AT) & OVERFLOW) > 0;
    if (!isOverflow || pages * this.meta.pageSize < HEADER + bytes) throw damaged(number);
    if (number + BigInt(pages) > this.meta.lastPage + 1n) throw damaged(number);
    return pages;
  }

  /** Null where a later transaction has written it since. */
  #read(number: bigint, bytes: number): Buffer | null {
    if (number > this.meta.lastPage) throw new Error(`it refers to page ${number}, which it does not have`);
    const page = Buffer.allocUnsafe(bytes);
    const read = readSync(this.file, page, 0, bytes, number * BigInt(this.meta.pageSize));
    if (read < bytes || page.readBigUInt64LE(0) !== number) throw damaged(number);
    const transaction = page.readBigUInt64LE(TRANSACTION_AT);
    if (transaction <= this.meta.transaction) return page;
    // It is written before the transaction counts.
    if (transaction > readMeta(this.file).transaction + 1n) throw damaged(number);
    return null;
  }
}

function damaged(number: bigint): Error {
  return new Error(`its page ${number} is damaged`);
}

import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';

/** Of LMDB's two meta pages, behind the page's header (little-endian): magic, page size, roots of free list and main tree, … */
const MAGIC = 0xbeefc0de;
const [MAGIC_AT, PAGE_SIZE_AT, FREE_ROOT_AT, MAIN_ROOT_AT, LAST_PAGE_AT, TXN_AT] = [
  24, 48, 88, 136, 144, 152,
];
const META_BYTES = TXN_AT + 8;
const NO_PAGE = 0xffff_ffff_ffff_ffffn;

/** Of a page: its number (8 bytes), transaction (8), then flags, and for trees `lower` and `upper`; offsets within count from its end. */
const HEADER = 24;
const [FLAGS_AT, LOWER_AT, UPPER_AT, OVERFLOW_PAGES_AT] = [18, 20, 22, 20];
const [BRANCH, LEAF, OVERFLOW] = [1, 2, 4];
/** A node: size (4 bytes), flags, size of its key, key, value. */
const NODE_HEADER = 8;
const [BIG_DATA, SUB_TREE] = [1, 2];
/** Where in a sub-tree's record its root stands. */
const SUB_TREE_ROOT_AT = 40;
const MAX_DEPTH = 32;
const ATTEMPTS = 10;

interface Meta {
  readonly pageSize: number;
  readonly roots: readonly bigint[];
  readonly lastPage: bigint;
  readonly transaction: bigint;
}

/**
 * Throws where `path` is not what LMDB left there, because LMDB itself ends the process where a page makes no sense. An absent or
 * empty file beside no lock file is a new store; the lock file stays behind when a store was open once, and without the data that is
 * lost data. All pages that the tree has are looked at: that they are where they belong, and that their entries lie within them. What
 * the entries hold is guarded by checksums, and checked when it is read. O(pages), about a second for a million events.
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
        new Pages(file, meta).check();
        return;
      } catch (error) {
        // Beside a writer a page may be written again while it is looked at.
        if (attempt === ATTEMPTS || readMeta(file).transaction === meta.transaction) throw error;
      }
    }
  } finally {
    closeSync(file);
  }
}

function readMeta(file: number): Meta {
  const page = Buffer.alloc(META_BYTES);
  readSync(file, page, 0, META_BYTES, 0);
  if (page.readUInt32LE(MAGIC_AT) !== MAGIC) throw new Error('it does not begin like an LMDB file');
  const pageSize = page.readUInt32LE(PAGE_SIZE_AT);
  const other = Buffer.alloc(META_BYTES);
  if (readSync(file, other, 0, META_BYTES, pageSize) < META_BYTES)
    throw new Error('it was cut short: its second page is not there');
  if (other.readUInt32LE(MAGIC_AT) !== MAGIC) throw new Error('its second page is damaged');
  const newer = other.readBigUInt64LE(TXN_AT) > page.readBigUInt64LE(TXN_AT) ? other : page;
  const lastPage = newer.readBigUInt64LE(LAST_PAGE_AT);
  // Pages come before the meta page that counts them, so beside a writer the file is only ever longer.
  const { size } = fstatSync(file);
  const whole = (lastPage + 1n) * BigInt(pageSize);
  if (BigInt(size) < whole) throw new Error(`it was cut short: it has ${size} of ${whole} bytes`);
  return {
    pageSize,
    roots: [newer.readBigUInt64LE(FREE_ROOT_AT), newer.readBigUInt64LE(MAIN_ROOT_AT)],
    lastPage,
    transaction: newer.readBigUInt64LE(TXN_AT),
  };
}

class Pages {
  constructor(
    private readonly file: number,
    private readonly meta: Meta,
  ) {}

  check(): void {
    for (const root of this.meta.roots) this.#tree(root, 0);
  }

  #tree(number: bigint, depth: number): void {
    if (number === NO_PAGE) return;
    const page = this.#page(number, this.meta.pageSize);
    const flags = page.readUInt16LE(FLAGS_AT) & (BRANCH | LEAF | OVERFLOW);
    if ((flags !== BRANCH && flags !== LEAF) || depth > MAX_DEPTH) throw damaged(number);
    const [lower, upper] = [page.readUInt16LE(LOWER_AT), page.readUInt16LE(UPPER_AT)];
    if (lower % 2 > 0 || lower > upper || HEADER + upper > page.length) throw damaged(number);
    for (let at = HEADER; at < HEADER + lower; at += 2) {
      const node = HEADER + page.readUInt16LE(at);
      if (node < HEADER + upper || node + NODE_HEADER > page.length) throw damaged(number);
      const low = page.readUInt32LE(node);
      const high = page.readUInt16LE(node + 4);
      const value = node + NODE_HEADER + page.readUInt16LE(node + 6);
      if (flags === BRANCH) {
        if (value > page.length) throw damaged(number);
        this.#tree(BigInt(low) + (BigInt(high) << 32n), depth + 1);
      } else if (high === BIG_DATA) {
        if (value + 8 > page.length) throw damaged(number);
        this.#overflow(page.readBigUInt64LE(value), low);
      } else {
        if (value + low > page.length || (high !== 0 && high !== SUB_TREE)) throw damaged(number);
        if (high === SUB_TREE) this.#tree(page.readBigUInt64LE(value + SUB_TREE_ROOT_AT), 0);
      }
    }
  }

  #overflow(number: bigint, bytes: number): void {
    const page = this.#page(number, HEADER);
    const pages = page.readUInt32LE(OVERFLOW_PAGES_AT);
    const isOverflow = (page.readUInt16LE(FLAGS_AT) & OVERFLOW) > 0;
    if (!isOverflow || pages * this.meta.pageSize < HEADER + bytes) throw damaged(number);
    if (number + BigInt(pages) > this.meta.lastPage + 1n) throw damaged(number);
  }

  #page(number: bigint, bytes: number): Buffer {
    if (number > this.meta.lastPage) throw new Error(`it refers to page ${number}, which it does not have`);
    const page = Buffer.allocUnsafe(bytes);
    const read = readSync(this.file, page, 0, bytes, number * BigInt(this.meta.pageSize));
    if (read < bytes || page.readBigUInt64LE(0) !== number) throw damaged(number);
    return page;
  }
}

function damaged(number: bigint): Error {
  return new Error(`its page ${number} is damaged`);
}

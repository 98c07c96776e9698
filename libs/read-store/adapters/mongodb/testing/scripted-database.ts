import { type BSON } from 'mongodb';

type Document = BSON.Document;

/** What the database answers in place of a result; `labels` as a server of 4.4 or later sets them. */
export class CommandFailed extends Error {
  constructor(
    readonly code: number,
    readonly codeName: string,
    message: string,
    readonly labels: readonly string[] = [],
  ) {
    super(message);
  }
}

interface Version {
  readonly at: number;
  /** Null: deleted. */
  readonly document: Document | null;
}

export interface Transaction {
  readonly number: bigint;
  readonly snapshot: number;
  state: 'open' | 'committed' | 'aborted';
  /** Collection → id → document, null where it deletes. */
  readonly writes: Map<string, Map<string, Document | null>>;
  readonly opened: number;
}

const writeConflict = (): CommandFailed =>
  new CommandFailed(112, 'WriteConflict', 'Caused by :: Write conflict', ['TransientTransactionError']);

/**
 * Collections of documents with string ids, in memory: snapshot isolation, and whoever writes a document second loses (as
 * WiredTiger has it). Knows the operators that the read store uses, and throws on any other.
 */
export class ScriptedDatabase {
  private readonly collections = new Map<string, Map<string, Version[]>>();
  private readonly open = new Set<Transaction>();
  private clock = 0;

  constructor(private readonly lifetimeMs: number) {}

  begin(number: bigint): Transaction {
    const transaction: Transaction = {
      number,
      snapshot: this.clock,
      state: 'open',
      writes: new Map(),
      opened: performance.now(),
    };
    this.open.add(transaction);
    return transaction;
  }

  commit(transaction: Transaction): void {
    this.close(transaction, 'committed');
    const at = ++this.clock;
    for (const [name, writes] of transaction.writes)
      for (const [id, document] of writes) this.store(name, id, { at, document });
  }

  abort(transaction: Transaction): void {
    this.close(transaction, 'aborted');
  }

  holds(transaction: Transaction | null): boolean {
    return transaction !== null && this.open.has(transaction);
  }

  /** As `transactionLifetimeLimitSeconds` does. */
  expire(): void {
    for (const transaction of this.open)
      if (performance.now() - transaction.opened > this.lifetimeMs) this.abort(transaction);
  }

  find(name: string, filter: Document, transaction: Transaction | null): Document[] {
    const ids = (filter['_id'] as { readonly $in?: readonly string[] } | undefined)?.$in;
    const candidates =
      ids ?? new Set([...this.rows(name).keys(), ...(transaction?.writes.get(name)?.keys() ?? [])]);
    const found: Document[] = [];
    for (const id of candidates) {
      const document = this.read(name, id, transaction);
      if (document !== null && matches(document, filter)) found.push(document);
    }
    return found;
  }

  /** Writes one document (null deletes); rejects where another transaction was faster, waits for it outside of one. */
  async put(
    name: string,
    id: string,
    document: Document | null,
    transaction: Transaction | null,
  ): Promise<void> {
    for (;;) {
      this.expire();
      const holder = [...this.open].find((t) => t !== transaction && t.writes.get(name)?.has(id) === true);
      if (transaction !== null) {
        const newest = this.rows(name).get(id)?.at(-1);
        if (holder !== undefined || (newest !== undefined && newest.at > transaction.snapshot)) {
          this.abort(transaction);
          throw writeConflict();
        }
        let writes = transaction.writes.get(name);
        if (writes === undefined) transaction.writes.set(name, (writes = new Map<string, Document | null>()));
        writes.set(id, document);
        return;
      }
      if (holder === undefined) {
        this.store(name, id, { at: ++this.clock, document });
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  drop(name: string): boolean {
    return this.collections.delete(name);
  }

  private close(transaction: Transaction, state: 'committed' | 'aborted'): void {
    transaction.state = state;
    this.open.delete(transaction);
  }

  private read(name: string, id: string, transaction: Transaction | null): Document | null {
    const own = transaction?.writes.get(name)?.get(id);
    if (own !== undefined) return own;
    const versions = this.rows(name).get(id);
    const until = transaction?.snapshot ?? Infinity;
    return versions?.findLast(({ at }) => at <= until)?.document ?? null;
  }

  private rows(name: string): Map<string, Version[]> {
    let rows = this.collections.get(name);
    if (rows === undefined) this.collections.set(name, (rows = new Map<string, Version[]>()));
    return rows;
  }

  private store(name: string, id: string, version: Version): void {
    const rows = this.rows(name);
    const before = this.open.size === 0 ? [] : (rows.get(id) ?? []);
    if (before.length === 0 && version.document === null) rows.delete(id);
    else rows.set(id, [...before, version]);
  }
}

function matches(document: Document, filter: Document): boolean {
  return Object.entries(filter).every(([path, condition]) => {
    const value = at(document, path);
    if (condition === null || typeof condition !== 'object') return compare(value, condition) === 0;
    return Object.entries(condition as Document).every(([operator, operand]) =>
      holds(operator, value, operand),
    );
  });
}

function holds(operator: string, value: unknown, operand: unknown): boolean {
  switch (operator) {
    case '$in':
      return (operand as unknown[]).some((one) => compare(value, one) === 0);
    case '$exists':
      return (value !== undefined) === operand;
    case '$gt':
      return typeof value === typeof operand && compare(value, operand) > 0;
    case '$gte':
      return typeof value === typeof operand && compare(value, operand) >= 0;
    case '$lt':
      return typeof value === typeof operand && compare(value, operand) < 0;
    case '$lte':
      return typeof value === typeof operand && compare(value, operand) <= 0;
    default:
      throw new CommandFailed(2, 'BadValue', `unknown operator: ${operator}`);
  }
}

export function at(document: Document, path: string): unknown {
  let value: unknown = document;
  for (const name of path.split('.')) value = (value as Document | null | undefined)?.[name];
  return value;
}

/** Strings by their UTF-8 bytes, numbers by value; a value that is not there comes first. */
export function compare(a: unknown, b: unknown): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if ((typeof a === 'bigint' || typeof a === 'number') && (typeof b === 'bigint' || typeof b === 'number'))
    return a < b ? -1 : a > b ? 1 : 0;
  return a === b ? 0 : 1;
}

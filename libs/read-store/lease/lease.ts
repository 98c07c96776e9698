import { randomUUID } from 'node:crypto';
import { pause } from '#libs/event-store';
import { type ReadStore } from '../port/read-store.js';
import { isGone, thisProcess, type ProcessIdentity } from './process-identity.js';

interface LeaseDocument {
  /** Null: given back. */
  readonly owner: string | null;
  readonly process: ProcessIdentity;
  readonly epoch: number;
}

export interface LeaseOptions {
  /** Milliseconds without a renewal after which others may take it. */
  readonly ttlMs?: number;
}

/**
 * Ownership of `key`, kept in a document of the read store by compare-and-set and renewed every third of its term. No clocks
 * are compared: who waits takes it when the document has not changed for a full term by its own clock, at once where it was
 * given back, or where the owner's process is known to be gone. `isHeld` turns false before anybody else can take it.
 */
export class Lease {
  private readonly gone = new AbortController();
  private renewal: NodeJS.Timeout;
  /** Ends it in time where a renewal gets no answer. */
  private expiry: NodeJS.Timeout;

  /** Waits until the lease is ours; null where `signal` was aborted first. */
  static async acquire(
    store: ReadStore,
    key: string,
    signal: AbortSignal,
    options: LeaseOptions = {},
  ): Promise<Lease | null> {
    const ttlMs = options.ttlMs ?? 6_000;
    const documentKey = `lease/${key}`;
    const owner = randomUUID();
    let seen = null as { version: bigint; since: number } | null;
    while (!signal.aborted) {
      const asked = performance.now();
      const found = await store.getDocument(documentKey);
      const current = found === null ? null : (found.value as LeaseDocument);
      if (found !== null && found.version !== seen?.version) seen = { version: found.version, since: asked };
      const free =
        current === null ||
        current.owner === null ||
        isGone(current.process) ||
        (seen !== null && asked - seen.since >= ttlMs);
      if (free) {
        const document: LeaseDocument = { owner, process: thisProcess(), epoch: (current?.epoch ?? 0) + 1 };
        const put = await store.putDocument(documentKey, document, found?.version ?? null);
        if (put !== 'conflict')
          return new Lease(store, documentKey, document, put.version, asked + ttlMs, ttlMs);
        continue;
      }
      await pause(Math.min(500, ttlMs / 10), signal);
    }
    return null;
  }

  private constructor(
    private readonly store: ReadStore,
    private readonly key: string,
    private readonly document: LeaseDocument,
    private version: bigint,
    private validUntil: number,
    private readonly ttlMs: number,
  ) {
    this.renewal = setTimeout(() => void this.renew(), ttlMs / 3);
    this.expiry = this.expire();
  }

  /** Grows with every change of owner. */
  get epoch(): number {
    return this.document.epoch;
  }

  get isHeld(): boolean {
    return !this.gone.signal.aborted && performance.now() < this.validUntil;
  }

  /** Aborted when the lease is lost or given back. */
  get lost(): AbortSignal {
    return this.gone.signal;
  }

  /** Gives it back, so that others need not wait out the term. */
  async release(): Promise<void> {
    clearTimeout(this.renewal);
    clearTimeout(this.expiry);
    if (this.gone.signal.aborted) return;
    this.gone.abort();
    await this.store
      .putDocument(this.key, { ...this.document, owner: null }, this.version)
      .catch(() => undefined);
  }

  private expire(): NodeJS.Timeout {
    return setTimeout(() => {
      this.gone.abort();
    }, this.validUntil - performance.now());
  }

  private async renew(): Promise<void> {
    const asked = performance.now();
    let lost = asked >= this.validUntil;
    if (!lost)
      try {
        const put = await this.store.putDocument(this.key, this.document, this.version);
        if (this.gone.signal.aborted) {
          // released meanwhile: what this renewal wrote is given back too
          if (put !== 'conflict')
            await this.store
              .putDocument(this.key, { ...this.document, owner: null }, put.version)
              .catch(() => undefined);
          return;
        }
        if (put === 'conflict') lost = true;
        else {
          this.version = put.version;
          this.validUntil = asked + this.ttlMs;
          clearTimeout(this.expiry);
          this.expiry = this.expire();
        }
      } catch {
        // The store may be back before the term ends.
        lost = performance.now() >= this.validUntil;
      }
    if (lost) {
      clearTimeout(this.expiry);
      this.gone.abort();
    } else this.renewal = setTimeout(() => void this.renew(), this.ttlMs / 3);
  }
}

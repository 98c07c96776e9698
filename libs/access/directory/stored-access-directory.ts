import { isRedacted, type EventStore } from '#libs/event-store';
import { sha256, type RecordedEvent } from '#libs/kernel';
import {
  AccessDirectory,
  accessStream,
  type AccessEvent,
  type Principal,
  type TokenSummary,
} from '../contract/index.js';

interface Known extends TokenSummary {
  readonly hash: string;
}

/** Milliseconds for which a look at the stream serves: how late a revocation by another process can take effect. */
const freshFor = 1_000;

/** The directory folded from the stream `access`. An unknown token makes it look at once; O(1) for a known one. */
export class StoredAccessDirectory extends AccessDirectory {
  readonly #byHash = new Map<string, string>();
  readonly #tokens = new Map<string, Known>();
  readonly #names = new Map<string, string>();
  #next = 0n;
  #lookedAt = 0;
  #reading: Promise<void> = Promise.resolve();

  constructor(private readonly store: EventStore) {
    super();
  }

  async authenticate(bearer: string): Promise<Principal | null> {
    const hash = sha256(bearer);
    if (Date.now() - this.#lookedAt > freshFor || !this.#byHash.has(hash)) await this.#look();
    const token = this.#tokens.get(this.#byHash.get(hash) ?? '');
    if (!token || token.revoked) return null;
    if (token.expiresAt !== null && Date.parse(token.expiresAt) <= Date.now()) return null;
    return { actor: token.actor, role: token.role, name: token.name };
  }

  async resolve(actor: string): Promise<{ readonly name: string } | null> {
    if (!this.#names.has(actor)) await this.#look();
    const name = this.#names.get(actor);
    return name === undefined ? null : { name };
  }

  async tokens(): Promise<readonly TokenSummary[]> {
    await this.#look();
    return [...this.#tokens.values()].map(({ hash: _, ...summary }) => summary);
  }

  #look(): Promise<void> {
    const next = this.#reading.then(() => this.#readOn());
    this.#reading = next.catch(() => undefined);
    return next;
  }

  async #readOn(): Promise<void> {
    const lookedAt = Date.now();
    for await (const stored of this.store.readStream(accessStream, { from: this.#next })) {
      this.#next = stored.revision + 1n;
      if (!isRedacted(stored)) this.#take(stored as RecordedEvent<AccessEvent>);
    }
    this.#lookedAt = lookedAt;
  }

  #take({ type, data, recordedAt }: RecordedEvent<AccessEvent>): void {
    if (type === 'TokenIssued' && 'hash' in data) {
      this.#tokens.set(data.token, { ...data, issuedAt: recordedAt, revoked: false });
      this.#byHash.set(data.hash, data.token);
      this.#names.set(data.actor, data.name);
      return;
    }
    const known = this.#tokens.get(data.token);
    if (known) this.#tokens.set(data.token, { ...known, revoked: true });
  }
}

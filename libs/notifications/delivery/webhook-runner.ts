import { type EventStore, pause } from '#libs/event-store';
import { type RecordedEvent } from '#libs/kernel';
import { type ReadStore } from '#libs/read-store';
import { Lease } from '#libs/read-store/lease';
import { subscriptionsStream, type Delivery, type SubscriptionEvent } from '../contract/index.js';
import {
  matches,
  subscriptionsDecider,
  type Subscription,
  type SubscriptionsState,
} from '../domain/index.js';
import { DeliveryRecords } from './delivery-records.js';
import { notifiedEvent } from './notified-event.js';
import { signatureOf, webhookSecret } from './signature.js';

export interface WebhookRunnerOptions {
  /** Reads through imports (`ReadThroughImports`). */
  readonly eventStore: EventStore;
  readonly readStore: ReadStore;
  readonly signingKey: string;
  /** Attempts before a delivery becomes a dead letter; default 8. */
  readonly attempts?: number;
  /** Before the second attempt; doubles each time, up to a minute. Default 1,000. */
  readonly backoffMs?: number;
  /** Of one attempt; default 5,000. */
  readonly timeoutMs?: number;
  readonly onError?: (error: unknown, where: string) => void;
}

const longestBackoffMs = 60_000;
const batch = 500;

interface Serving {
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

/**
 * Delivers to subscriptions: each is served in the order of the log from its own cursor, so that a slow or dead receiver holds up
 * nobody else. At least once, with the same delivery id every time; what fails to its last attempt becomes a dead letter, and
 * the next is served. One runner works at a time (a lease). Memory: one batch per subscription.
 */
export class WebhookRunner {
  readonly #records: DeliveryRecords;
  readonly #serving = new Map<string, Serving>();

  constructor(private readonly options: WebhookRunnerOptions) {
    this.#records = new DeliveryRecords(options.readStore);
  }

  /** Until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const lease = await Lease.acquire(this.options.readStore, 'lease/notifications', signal).catch(
        (error: unknown) => {
          this.#report(error, 'lease');
          return null;
        },
      );
      if (lease === null) {
        await pause(1_000, signal);
        continue;
      }
      const both = AbortSignal.any([signal, lease.lost]);
      try {
        await this.#followSubscriptions(both);
      } catch (error) {
        this.#report(error, 'subscriptions');
        await pause(1_000, both);
      } finally {
        await Promise.all([...this.#serving.keys()].map((id) => this.#end(id)));
        await lease.release();
      }
    }
  }

  async #followSubscriptions(signal: AbortSignal): Promise<void> {
    let state: SubscriptionsState = subscriptionsDecider.initial;
    let live = false;
    const types = ['SubscriptionCreated', 'SubscriptionRemoved'];
    for await (const item of this.options.eventStore.subscribe({ types, signal })) {
      if (item.kind === 'caught-up') {
        live = true;
        for (const [id, subscription] of state) this.#begin(id, subscription, 0n, signal);
      }
      if (item.kind !== 'event' || item.event.stream !== subscriptionsStream) continue;
      const event = item.event as unknown as SubscriptionEvent;
      state = subscriptionsDecider.evolve(state, event);
      const id = event.data.subscription;
      if (event.type === 'SubscriptionCreated') {
        // A subscription hears of what comes after it.
        await this.#records.advance(id, item.event.position);
        if (live) this.#begin(id, event.data, item.event.position, signal);
      } else {
        await this.#end(id);
        await this.#records.forget(id);
      }
    }
  }

  #begin(id: string, subscription: Subscription, created: bigint, signal: AbortSignal): void {
    if (subscription.mode.kind === 'poll' || subscription.url === null || this.#serving.has(id)) return;
    const stop = new AbortController();
    const both = AbortSignal.any([signal, stop.signal]);
    const done = this.#serve(subscription, subscription.url, created, both);
    this.#serving.set(id, { stop, done });
  }

  async #end(id: string): Promise<void> {
    const serving = this.#serving.get(id);
    this.#serving.delete(id);
    serving?.stop.abort();
    await serving?.done;
  }

  async #serve(subscription: Subscription, url: string, created: bigint, signal: AbortSignal): Promise<void> {
    const ended = (): boolean => signal.aborted;
    while (!ended()) {
      try {
        const after = (await this.#records.cursor(subscription.subscription)) ?? created;
        if (subscription.mode.kind === 'on-schedule')
          await this.#onSchedule(subscription, url, after, signal);
        else await this.#onChange(subscription, url, after, signal);
      } catch (error) {
        if (ended()) return;
        this.#report(error, `subscription ${subscription.subscription}`);
        await pause(1_000, signal);
      }
    }
  }

  async #onChange(
    subscription: Subscription,
    url: string,
    after: bigint,
    signal: AbortSignal,
  ): Promise<void> {
    const { types } = subscription.filter;
    // Types narrow what is read; an import may hold events of any of them.
    const wanted = types.length > 0 ? { types: [...types, 'RegionDataImported'] } : {};
    let unsaved = 0;
    for await (const item of this.options.eventStore.subscribe({ after, ...wanted, signal })) {
      const hit = item.kind === 'event' && matches(subscription.filter, item.event);
      if (hit) await this.#deliver(subscription, url, [item.event], signal);
      if (signal.aborted) return;
      // What does not match is looked at again after a restart, which costs less than a write for each.
      if (!hit && (unsaved += 1) < batch) continue;
      unsaved = 0;
      const position = item.kind === 'event' ? item.event.position : item.position;
      if (position >= 0n) await this.#records.advance(subscription.subscription, position);
    }
  }

  /** All that has come since the last time in one delivery, or several of 500; nothing where nothing has come. */
  async #onSchedule(
    subscription: Subscription,
    url: string,
    after: bigint,
    signal: AbortSignal,
  ): Promise<void> {
    if (subscription.mode.kind !== 'on-schedule') return;
    await pause(subscription.mode.everySeconds * 1_000, signal);
    const until = await this.options.eventStore.head();
    const ended = (): boolean => signal.aborted;
    if (ended() || until === null || until <= after) return;
    let gathered: RecordedEvent[] = [];
    for await (const event of this.options.eventStore.readAll({ after, until })) {
      if (matches(subscription.filter, event)) gathered.push(event);
      if (gathered.length < batch) continue;
      await this.#deliver(subscription, url, gathered, signal);
      if (ended()) return;
      await this.#records.advance(subscription.subscription, event.position);
      gathered = [];
    }
    if (gathered.length > 0) await this.#deliver(subscription, url, gathered, signal);
    if (!ended()) await this.#records.advance(subscription.subscription, until);
  }

  /** Returns when it was delivered, buried, or the signal aborted. */
  async #deliver(
    { subscription }: Subscription,
    url: string,
    events: readonly RecordedEvent[],
    signal: AbortSignal,
  ): Promise<void> {
    const [first, last] = [events[0]!, events[events.length - 1]!];
    const delivery: Delivery = {
      delivery: `${subscription}/${first.id}${events.length > 1 ? `/${events.length}` : ''}`,
      subscription,
      events: events.map(notifiedEvent),
    };
    const body = JSON.stringify(delivery);
    const { attempts = 8, backoffMs = 1_000 } = this.options;
    let error = '';
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      if (attempt > 1) await pause(Math.min(backoffMs * 2 ** (attempt - 2), longestBackoffMs), signal);
      if (signal.aborted) return;
      const failed = await this.#post(url, delivery, body, attempt, signal);
      if (failed === null) return;
      error = failed;
    }
    if (signal.aborted) return;
    await this.#records.bury({
      delivery: delivery.delivery,
      subscription,
      url,
      attempts,
      error,
      firstPosition: first.position.toString(),
      lastPosition: last.position.toString(),
      events: events.length,
      givenUpAt: new Date().toISOString(),
    });
  }

  /** Null where the receiver took it. A redirect is not followed: the subscription names the address. */
  async #post(
    url: string,
    { delivery, subscription }: Delivery,
    body: string,
    attempt: number,
    signal: AbortSignal,
  ): Promise<string | null> {
    const secret = webhookSecret(this.options.signingKey, subscription);
    const late = AbortSignal.timeout(this.options.timeoutMs ?? 5_000);
    try {
      const response = await fetch(url, {
        method: 'POST',
        body,
        redirect: 'manual',
        signal: AbortSignal.any([signal, late]),
        headers: {
          'content-type': 'application/json',
          'x-cios-delivery': delivery,
          'x-cios-attempt': String(attempt),
          'x-cios-signature': signatureOf(secret, Math.floor(Date.now() / 1_000), body),
        },
      });
      await response.body?.cancel();
      return response.ok ? null : `the receiver answered ${response.status}`;
    } catch (error) {
      const { cause, message } = error as Error;
      return cause instanceof Error ? `${message}: ${cause.message}` : message;
    }
  }

  #report(error: unknown, where: string): void {
    if (this.options.onError) this.options.onError(error, where);
    else
      process.stderr.write(
        `notifications, ${where}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      );
  }
}

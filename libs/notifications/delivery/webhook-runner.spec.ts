import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AggregateStore } from '#libs/event-store';
import { MemoryEventStore } from '#libs/event-store/adapters/memory';
import { type CommandContext } from '#libs/kernel';
import { MemoryReadStore } from '#libs/read-store/adapters/memory';
import { regionDataAggregate } from '#libs/region-data/history';
import { type Delivery, type SubscriptionFilter, type SubscriptionMode } from '../contract/index.js';
import {
  DeliveryRecords,
  ownerNoticeAggregate,
  subscriptionsAggregate,
  verifySignature,
  webhookSecret,
  WebhookRunner,
} from './index.js';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly delivery: Delivery;
  readonly path: string;
}

describe('webhooks', () => {
  const signingKey = 'a key of this test';
  let store: MemoryEventStore;
  let rows: MemoryReadStore;
  let aggregates: AggregateStore;
  let server: Server;
  let url: string;
  let received: Received[];
  let answer: (path: string) => number;
  let stop: AbortController;
  let running: Promise<void>;
  let commands = 0;

  const context = (): CommandContext => ({
    commandId: `c${(commands += 1)}`,
    actor: 'ada',
    occurredAt: '2026-01-01T00:00:00.000Z',
    correlationId: 'x',
    ticket: 'CHG-1',
  });
  const start = () => {
    stop = new AbortController();
    const runner = new WebhookRunner({
      eventStore: store,
      readStore: rows,
      signingKey,
      attempts: 3,
      backoffMs: 10,
    });
    running = runner.run(stop.signal);
  };
  const end = async () => {
    stop.abort();
    await running;
  };
  const subscribe = (
    subscription: string,
    filter: Partial<SubscriptionFilter> = {},
    mode: SubscriptionMode = { kind: 'on-change' },
  ) =>
    aggregates.execute(
      subscriptionsAggregate,
      'all',
      {
        type: 'CreateSubscription',
        subscription,
        name: subscription,
        url: `${url}/${subscription}`,
        filter: { types: [], regions: [], owners: [], ...filter },
        mode,
      },
      context(),
    );
  const addRealm = (realm: string) =>
    aggregates.execute(regionDataAggregate, 'region-data', { type: 'AddRealm', realm }, context());
  const until = async (holds: () => boolean | Promise<boolean>, ms = 5_000) => {
    for (const deadline = Date.now() + ms; !(await holds()); await new Promise((r) => setTimeout(r, 5)))
      if (Date.now() > deadline) throw new Error(`not within ${ms} ms; received ${received.length}`);
  };
  const realms = (path: string) =>
    received
      .filter((r) => r.path === path)
      .map((r) => r.delivery.events.map((e) => (e.data as { realm: string }).realm).join());

  beforeEach(async () => {
    store = new MemoryEventStore();
    rows = new MemoryReadStore();
    aggregates = new AggregateStore(store);
    received = [];
    answer = () => 200;
    server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        const path = request.url ?? '';
        received.push({ headers: request.headers, body, delivery: JSON.parse(body) as Delivery, path });
        response.statusCode = answer(path);
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    start();
  });
  afterEach(async () => {
    await end();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await store.close();
  });

  it('tell of a change at once, signed, with who and which ticket (CH-02, CH-04)', async () => {
    await addRealm('before');
    await subscribe('s1');
    await addRealm('r1');
    await until(() => received.length === 1);
    const [{ headers, body, delivery }] = received as [Received];
    expect(delivery.events).toMatchObject([
      { type: 'RealmAdded', actor: 'ada', ticket: 'CHG-1', data: { realm: 'r1' } },
    ]);
    const signature = String(headers['x-cios-signature']);
    const now = Math.floor(Date.now() / 1_000);
    expect(verifySignature(webhookSecret(signingKey, 's1'), signature, body, now)).toBe(true);
    expect(verifySignature(webhookSecret(signingKey, 's2'), signature, body, now)).toBe(false);
    expect(verifySignature(webhookSecret(signingKey, 's1'), signature, `${body} `, now)).toBe(false);
    expect(verifySignature(webhookSecret(signingKey, 's1'), signature, body, now + 301)).toBe(false);
  });

  it('are tried again under the same id, in order', async () => {
    let failures = 2;
    answer = () => (failures-- > 0 ? 503 : 200);
    await subscribe('s1');
    await addRealm('r1');
    await addRealm('r2');
    await until(() => received.length === 4);
    expect(realms('/s1')).toEqual(['r1', 'r1', 'r1', 'r2']);
    expect(new Set(received.slice(0, 3).map((r) => r.headers['x-cios-delivery'])).size).toBe(1);
    expect(received.map((r) => r.headers['x-cios-attempt'])).toEqual(['1', '2', '3', '1']);
  });

  it('become a dead letter after the last attempt, and hold up nobody', async () => {
    answer = (path) => (path === '/dead' ? 500 : 200);
    await subscribe('dead', { types: ['RealmAdded'] });
    await subscribe('alive', { types: ['RealmAdded'] });
    await addRealm('r1');
    const records = new DeliveryRecords(rows);
    await until(async () => (await records.deadLetters()).length === 1);
    expect((await records.deadLetters())[0]).toMatchObject({
      subscription: 'dead',
      attempts: 3,
      error: 'the receiver answered 500',
      events: 1,
    });
    answer = () => 200;
    await addRealm('r2');
    await until(() => realms('/dead').includes('r2'));
    await until(() => realms('/alive').length === 2);
    expect(realms('/alive')).toEqual(['r1', 'r2']);
  });

  it('go on after a restart from where they were', async () => {
    await subscribe('s1');
    await addRealm('r1');
    await until(() => received.length === 1);
    await until(async () => ((await new DeliveryRecords(rows).cursor('s1')) ?? -1n) >= 1n);
    await end();
    await addRealm('r2');
    start();
    await until(() => received.length === 2);
    expect(realms('/s1')).toEqual(['r1', 'r2']);
  });

  it('gather what comes within a schedule (CH-04)', async () => {
    await subscribe('s1', { types: ['RealmAdded'] }, { kind: 'on-schedule', everySeconds: 1 });
    await addRealm('r1');
    await addRealm('r2');
    await until(() => received.length === 1);
    expect(realms('/s1')).toEqual(['r1,r2']);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(received).toHaveLength(1);
  });

  it('stop with the subscription, and tell owners of what concerns them (GR-08)', async () => {
    await subscribe('dns', { owners: ['dns@example.com'] });
    await subscribe('gone');
    await aggregates.execute(
      subscriptionsAggregate,
      'all',
      { type: 'RemoveSubscription', subscription: 'gone' },
      context(),
    );
    const notice = (id: string, owner: string) =>
      aggregates.execute(
        ownerNoticeAggregate,
        id,
        {
          type: 'NotifyOwners',
          notice: id,
          owners: [owner, 'pki@example.com'],
          kind: 'cycle',
          region: 'sea',
          summary: 'dns needs pki needs dns',
          detail: 'flocks/dns/main.hcl:3',
        },
        context(),
      );
    await notice('n1', 'iam@example.com');
    await notice('n2', 'dns@example.com');
    await until(() => received.some((r) => r.path === '/dns'));
    expect(received.filter((r) => r.path === '/dns').map((r) => r.delivery.events[0]?.stream)).toEqual([
      'owner-notice-n2',
    ]);
  });
});

import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Global, Module } from '@nestjs/common';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { accessAggregate } from '#libs/access/directory';
import { AccessModule } from '#libs/access/nest';
import { Aggregates, AggregateStore, EventStore } from '#libs/event-store';
import { MemoryEventStore } from '#libs/event-store/adapters/memory';
import { sha256, type CommandContext } from '#libs/kernel';
import { ReadStore } from '#libs/read-store';
import { MemoryReadStore } from '#libs/read-store/adapters/memory';
import { GiveNotice, NotificationsModule, SIGNING_KEY } from './index.js';

/** Whatever one of the answers may hold. */
interface Answer {
  readonly subscription: string;
  readonly secret: string;
  readonly removed: boolean;
  readonly items: readonly { readonly data: { readonly notice: string } }[];
  readonly next: string;
}

const context = (commandId: string): CommandContext => ({
  commandId,
  actor: 'mfo',
  occurredAt: '2026-01-01T00:00:00.000Z',
  correlationId: 'c',
});

describe('subscriptions over HTTP', () => {
  let app: NestFastifyApplication;

  beforeEach(async () => {
    const store = new MemoryEventStore();
    const aggregates = new AggregateStore(store);
    @Global()
    @Module({
      providers: [
        { provide: EventStore, useValue: store },
        { provide: Aggregates, useValue: aggregates },
        { provide: ReadStore, useValue: new MemoryReadStore() },
        { provide: SIGNING_KEY, useValue: 'key' },
      ],
      exports: [EventStore, Aggregates, ReadStore, SIGNING_KEY],
    })
    class StoresModule {}
    const module = await Test.createTestingModule({
      imports: [StoresModule, CqrsModule.forRoot(), AccessModule, NotificationsModule],
    }).compile();
    app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    await aggregates.execute(
      accessAggregate,
      'access',
      {
        type: 'IssueToken',
        token: 't',
        actor: 'ada',
        name: 'Ada',
        role: 'editor',
        hash: sha256('secret'),
        expiresAt: null,
      },
      context('issue'),
    );
  });
  afterEach(() => app.close());

  const call = async (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) => {
    const headers = { authorization: 'Bearer secret', 'idempotency-key': `${method} ${url}` };
    const response = await app.inject({ method, url, headers, ...(payload && { payload }) });

    return { status: response.statusCode, body: JSON.parse(response.body) as Answer };
  };

  it('are created with a secret, shown without it, and removed', async () => {
    const { status, body } = await call('POST', '/v1/subscriptions', {
      name: 'n',
      url: 'https://example.com/x',
    });
    expect([status, body.secret]).toEqual([201, expect.stringMatching(/^whsec_/)]);
    const again = await call('POST', '/v1/subscriptions', { name: 'n', url: 'https://example.com/x' });
    expect(again.body).toEqual(body);
    const { body: list } = await call('GET', '/v1/subscriptions');
    expect([list.items.length, JSON.stringify(list)]).toEqual([1, expect.not.stringContaining('whsec_')]);
    expect((await call('DELETE', `/v1/subscriptions/${body.subscription}`)).body.removed).toBe(true);
    expect((await call('GET', `/v1/subscriptions/${body.subscription}`)).status).toBe(404);
    expect((await call('POST', '/v1/subscriptions', { name: 'n', mode: 'sometimes' })).status).toBe(422);
  });

  it('are polled from where the last answer ended (CH-03)', async () => {
    const { body } = await call('POST', '/v1/subscriptions', { name: 'n', mode: 'poll' });
    const bus = app.get(CommandBus);
    const notice = {
      type: 'NotifyOwners',
      owners: ['a@example.com'],
      kind: 'cycle',
      region: null,
      summary: 's',
      detail: 'd',
    } as const;
    await bus.execute(new GiveNotice({ ...notice, notice: 'n1' }, context('n1')));
    const first = (await call('GET', `/v1/subscriptions/${body.subscription}/events`)).body;
    expect(first.items.map((e) => e.data.notice)).toEqual(['n1']);
    await bus.execute(new GiveNotice({ ...notice, notice: 'n2' }, context('n2')));
    await bus.execute(new GiveNotice({ ...notice, notice: 'n2' }, context('n2 again')));
    const second = (await call('GET', `/v1/subscriptions/${body.subscription}/events?after=${first.next}`))
      .body;
    expect(second.items.map((e) => e.data.notice)).toEqual(['n2']);
    const third = (
      await call('GET', `/v1/subscriptions/${body.subscription}/events?after=${second.next}&limit=1`)
    ).body;
    expect(third).toEqual({ items: [], next: second.next });
    const beyond = BigInt(second.next) + 1n;
    expect((await call('GET', `/v1/subscriptions/${body.subscription}/events?after=${beyond}`)).status).toBe(
      404,
    );
  });
});

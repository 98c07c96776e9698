import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Global, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { AccessCommandsModule } from '#libs/access/nest';
import { accessAggregate } from '#libs/access/directory';
import { Aggregates, AggregateStore, EventStore } from '#libs/event-store';
import { MemoryEventStore } from '#libs/event-store/adapters/memory';
import { sha256 } from '#libs/kernel';
import {
  ProjectionPositions,
  ProjectionRunner,
  ReadModels,
  ReadQueries,
  ReadStore,
  StoredPositions,
} from '#libs/read-store';
import { MemoryReadStore } from '#libs/read-store/adapters/memory';
import { RegionFacts, type RegionFactsNow } from '../contract/index.js';
import { ReadThroughImports } from '../history/index.js';
import { regionDataProjections } from '../projections/index.js';
import { RegionDataCommandsModule, RegionDataQueriesModule } from './index.js';

const facts = new (class extends RegionFacts {
  now: RegionFactsNow = { missingFlocks: [], resources: [] };
  async of() {
    return this.now;
  }
})();

/** What an app composes: stores in memory here, everything else as it ships. */
async function boot() {
  const store = new MemoryEventStore();
  const rows = new MemoryReadStore();
  const positions = new StoredPositions(rows);
  @Global()
  @Module({
    providers: [
      { provide: EventStore, useValue: store },
      { provide: Aggregates, useValue: new AggregateStore(store) },
      { provide: ReadStore, useValue: rows },
      { provide: ReadQueries, useValue: new ReadQueries(new ReadModels(rows), positions) },
      { provide: ReadModels, useValue: new ReadModels(rows) },
      { provide: ProjectionPositions, useValue: positions },
      { provide: RegionFacts, useValue: facts },
    ],
    exports: [EventStore, Aggregates, ReadStore, ReadModels, ReadQueries, ProjectionPositions, RegionFacts],
  })
  class StoresModule {}
  const module = await Test.createTestingModule({
    imports: [
      StoresModule,
      CqrsModule.forRoot(),
      AccessCommandsModule,
      RegionDataCommandsModule,
      RegionDataQueriesModule,
    ],
  }).compile();
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const aggregates = module.get(Aggregates);
  for (const role of ['viewer', 'editor', 'operator', 'admin'] as const) {
    await aggregates.execute(
      accessAggregate,
      'access',
      {
        type: 'IssueToken',
        token: role,
        actor: role,
        name: role,
        role,
        hash: sha256(`secret-${role}`),
        expiresAt: null,
      },
      {
        commandId: `issue/${role}`,
        actor: 'system',
        occurredAt: '2026-01-01T00:00:00.000Z',
        correlationId: 'c',
      },
    );
  }
  const runner = new ProjectionRunner({
    eventStore: new ReadThroughImports(store),
    readStore: rows,
    projections: regionDataProjections,
    positions,
  });
  const stop = new AbortController();
  return { app, store, stop, running: runner.run(stop.signal) };
}

/** Whatever one of the answers may hold. */
interface Answer {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly fix: string;
  readonly status: number;
  readonly events: unknown;
  readonly revision: string;
  readonly position: string;
  readonly repeated: boolean;
  readonly warnings: readonly unknown[];
  readonly items: readonly {
    readonly region: string;
    readonly type: string;
    readonly data: { readonly to?: string };
  }[];
  readonly next: string;
  readonly execution_targets: unknown;
  readonly subsets: unknown;
  readonly result: unknown;
  readonly secret?: string;
  readonly token: string;
}

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

describe('region data over HTTP', () => {
  let server: Awaited<ReturnType<typeof boot>>;

  beforeEach(async () => {
    facts.now = { missingFlocks: [], resources: [] };
    server = await boot();
  });
  afterEach(async () => {
    server.stop.abort();
    await server.running;
    await server.app.close();
    await server.store.close();
  });

  const call = async (
    method: Method,
    url: string,
    payload?: object,
    { role = 'admin', ...headers }: Record<string, string> = {},
  ) => {
    const response = await server.app.inject({
      method,
      url,
      ...(payload && { payload }),
      headers: { authorization: `Bearer secret-${role}`, 'x-change-ticket': 'CHG-1', ...headers },
    });
    const text = response.body;
    const isJson = String(response.headers['content-type']).includes('json');
    return {
      status: response.statusCode,
      etag: String(response.headers['etag']),
      type: String(response.headers['content-type']),
      text,

      body: (isJson && text ? JSON.parse(text) : {}) as Answer,
    };
  };
  const added = async () => {
    await call('POST', '/v1/realms', { name: 'realm1' });
    await call('POST', '/v1/regions', { internal_name: 'iad', public_name: 'us-ashburn-1', realm: 'realm1' });
    return call('POST', '/v1/regions', {
      internal_name: 'sea',
      public_name: 'us-seattle-1',
      realm: 'realm1',
      attributes: { code: 'SEA' },
      notes: 'first',
      vibe: { host_region: 'us-ashburn-1' },
    });
  };

  it('adds a region and shows it with all that FIG. 6 has (UI-02)', async () => {
    const { status, body } = await added();
    expect([status, body.events, body.revision]).toEqual([201, ['RegionAdded', 'VibeAdded'], '3']);
    const shown = await call('GET', `/v1/regions/us-seattle-1?after=${body.position}`, undefined, {
      role: 'viewer',
    });
    expect(shown.body).toMatchObject({
      region: 'sea',
      publicName: 'us-seattle-1',
      code: 'SEA',
      state: 'none',
      ticket: 'CHG-1',
      ticketStatus: { id: 'CHG-1', status: 'recorded' },
      vibe: 'sea-vibe',
      notes: 'first',
      nextStates: [],
      buildable: false,
      updatedBy: 'admin',
    });
    expect(shown.etag).toBe('"2"');
    const list = await call('GET', '/v1/regions?realm=realm1&limit=1');
    expect(list.body.items.map((r) => r.region)).toEqual(['iad']);
    const next = await call('GET', `/v1/regions?realm=realm1&limit=1&cursor=${list.body.next}`);
    expect(next.body.items.map((r) => r.region)).toEqual(['sea']);
  });

  it('honours Idempotency-Key before If-Match, and refuses a key with another body', async () => {
    await added();
    const edit = (set: object, headers: Record<string, string>) =>
      call('PATCH', '/v1/regions/sea', { set }, headers);
    const first = await edit({ a: 1 }, { 'idempotency-key': 'k', 'if-match': '"2"' });
    expect([first.status, first.etag]).toEqual([200, '"4"']);
    const again = await edit({ a: 1 }, { 'idempotency-key': 'k', 'if-match': '"2"' });
    expect([again.status, again.body.repeated, again.body.revision]).toEqual([200, true, '4']);
    expect(await edit({ a: 2 }, { 'idempotency-key': 'k' })).toMatchObject({
      status: 422,
      body: { code: 'command/key-reused' },
    });
    expect(await edit({ a: 2 }, { 'if-match': '"2"' })).toMatchObject({
      status: 412,
      body: { code: 'region-data/revision-mismatch' },
    });
    expect((await edit({ a: 2 }, { 'if-match': 'x' })).body.code).toBe('request/invalid-header');
  });

  it('answers every error as a problem that says how to mend it', async () => {
    await added();
    const none = { 'x-change-ticket': '' };
    const cases: [Awaited<ReturnType<typeof call>>, number, string][] = [
      [await call('GET', '/v1/regions', undefined, { authorization: '' }), 401, 'access/unauthenticated'],
      [await call('GET', '/v1/regions', undefined, { role: 'nobody' }), 401, 'access/unauthenticated'],
      [await call('POST', '/v1/realms', { name: 'r' }, { role: 'viewer' }), 403, 'access/forbidden'],
      [await call('GET', '/v1/regions/mars'), 404, 'region/unknown'],
      [await call('PATCH', '/v1/regions/mars', { set: {} }), 404, 'region/unknown'],
      [await call('POST', '/v1/realms', { name: 'realm1' }), 409, 'realm/exists'],
      [await call('DELETE', '/v1/realms/realm1'), 409, 'realm/in-use'],
      [
        await call('PATCH', '/v1/regions/sea', { set: { internal_name: 'x' } }),
        422,
        'region-data/immutable-field',
      ],
      [await call('PATCH', '/v1/regions/sea', { set: { a: 1 } }, none), 422, 'region-data/ticket-required'],
      [await call('POST', '/v1/regions', { internal_name: 'a b', realm: 'realm1' }), 422, 'request/invalid'],
      [
        await call('POST', '/v1/regions', { internal_name: 'a', realm: 'realm1', x: 1 }),
        422,
        'request/invalid',
      ],
      [await call('PATCH', '/v1/regions/sea', { set: { city: 'a\ud800b' } }), 422, 'request/invalid'],
      [await call('GET', '/v1/nothing'), 404, 'request/no-such-route'],
      [await call('GET', '/v1/regions?limit=0'), 422, 'request/invalid'],
      [await call('GET', '/v1/regions?cursor=x'), 422, 'list/bad-cursor'],
      [await call('GET', '/v1/region-data?revision=99'), 404, 'revision/unknown'],
    ];
    for (const [{ status, body, type }, expected, code] of cases) {
      expect([status, body.code]).toEqual([expected, code]);
      expect(type).toContain('application/problem+json');
      expect([typeof body.title, typeof body.detail, typeof body.fix, body.status]).toEqual([
        'string',
        'string',
        'string',
        expected,
      ]);
    }
    const broken = await server.app.inject({
      method: 'POST',
      url: '/v1/realms',
      payload: '{',
      headers: { authorization: 'Bearer secret-admin', 'content-type': 'application/json' },
    });
    expect([broken.statusCode, JSON.parse(broken.body)]).toEqual([
      400,
      expect.objectContaining({ code: 'request/malformed' }),
    ]);
  });

  it('changes states only as FIG. 7 and the roles allow', async () => {
    const all_regions = [{ name: 'x1', realm: 'r', state: 'Production' }];
    const text = JSON.stringify({ realms: [{ name: 'r' }], all_regions });
    expect((await call('POST', '/v1/region-data/import', { text }, { role: 'editor' })).body.code).toBe(
      'region/adoption-forbidden',
    );
    const imported = await call('POST', '/v1/region-data/import', { text }, { 'x-change-ticket': '' });
    expect([imported.status, imported.body.events, imported.body.warnings.length]).toEqual([200, 2, 1]);
    const act = (action: string, role = 'operator', body?: object) =>
      call('POST', `/v1/regions/x1/${action}`, body, { role });
    expect((await act('pause', 'editor')).status).toBe(403);
    expect((await act('deprecate')).body.code).toBe('region/illegal-transition');
    expect((await act('pause', 'operator', { alarm: 'dns-down' })).body.events).toEqual([
      'RegionStateChanged',
    ]);
    expect((await act('production')).body.code).toBe('region/illegal-transition');
    expect((await act('resume')).status).toBe(200);
    expect((await act('hold', 'operator', { reason: 'power' })).body.events).toEqual(['BuildHoldPlaced']);
    expect((await act('unhold')).body.events).toEqual(['BuildHoldLifted']);
    await act('pause');
    const last = await act('deprecate');
    expect(last.status).toBe(200);
    const { body } = await call('GET', `/v1/regions/x1/changes?after=${last.body.position}&first=oldest`);
    expect(body.items.map((c) => c.data.to ?? c.type)).toEqual([
      'RegionAdded',
      'Paused',
      'Production',
      'BuildHoldPlaced',
      'BuildHoldLifted',
      'Paused',
      'Deprecated',
    ]);
  });

  it('exports the document now and as it was, renders templates, and removes', async () => {
    await added();
    await call('POST', '/v1/availability-domains', { region: 'us-seattle-1', name: 'ad1' });
    await call('POST', '/v1/execution-targets', { region: 'sea', name: 'et1', availability_domain: 'ad1' });
    await call('PUT', '/v1/subsets/west', { entries: ['us-seattle-1', 7] });
    const now = await call('GET', '/v1/region-data');
    expect(now.body.execution_targets).toEqual([{ name: 'et1', region: 'sea', availability_domain: 'ad1' }]);
    expect(now.body.subsets).toEqual({ west: ['us-seattle-1', 7] });
    const before = await call('GET', '/v1/region-data?revision=0&format=yaml');
    expect(before.text).toContain('regions: []');
    expect(before.type).toContain('yaml');
    const rendered = await call('POST', '/v1/render', {
      template: 'hi ${upper(local.region.name)} ${local.west[1]}',
      region: 'sea',
    });
    expect(rendered.body.result).toBe('hi US-SEATTLE-1 7');
    expect((await call('POST', '/v1/render', { template: '${local.x}' })).body.code).toBe('template/invalid');
    expect((await call('DELETE', '/v1/regions/sea')).body.code).toBe('region/in-use');
    expect((await call('DELETE', '/v1/execution-targets/sea/et1')).status).toBe(200);
    const gone = await call('DELETE', '/v1/availability-domains/us-seattle-1/ad1');
    const domains = await call('GET', `/v1/availability-domains?region=sea&after=${gone.body.position}`);
    expect(domains.body.items).toEqual([]);
  });

  it('issues tokens and takes them back', async () => {
    const issued = await call(
      'POST',
      '/v1/tokens',
      { actor: 'bob', name: 'Bob', role: 'viewer' },
      { 'idempotency-key': 't' },
    );
    const bob = { authorization: `Bearer ${issued.body.secret}` };
    expect((await call('GET', '/v1/whoami', undefined, bob)).body).toEqual({
      actor: 'bob',
      name: 'Bob',
      role: 'viewer',
    });
    const again = await call(
      'POST',
      '/v1/tokens',
      { actor: 'bob', name: 'Bob', role: 'viewer' },
      { 'idempotency-key': 't' },
    );
    expect([again.body.token, again.body.secret]).toEqual([issued.body.token, undefined]);
    expect((await call('GET', '/v1/tokens')).text).not.toContain('hash');
    await call('DELETE', `/v1/tokens/${issued.body.token}`);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect((await call('GET', '/v1/whoami', undefined, bob)).status).toBe(401);
  });
});

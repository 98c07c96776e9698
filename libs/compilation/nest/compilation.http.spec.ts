import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Global, Module } from '@nestjs/common';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { BlobStore } from '#libs/blob-store';
import { MemoryBlobStore } from '#libs/blob-store/adapters/memory';
import { Aggregates, AggregateStore, EventStore } from '#libs/event-store';
import { MemoryEventStore } from '#libs/event-store/adapters/memory';
import { StoredFlockCatalogue } from '#libs/flocks/catalogue';
import { FlockCatalogue } from '#libs/flocks/contract';
import { ReadModels, ReadQueries, StoredPositions } from '#libs/read-store';
import { MemoryReadStore } from '#libs/read-store/adapters/memory';
import { RegionDataHistory } from '#libs/region-data/contract';
import { regionDataAggregate, StoredRegionDataHistory } from '#libs/region-data/history';
import { CompilationRequest } from '../contract/index.js';
import { CompilationCommandsModule, CompilationQueriesModule } from './index.js';

async function boot() {
  const store = new MemoryEventStore();
  const blobs = new MemoryBlobStore();
  const rows = new MemoryReadStore();
  const provided = [
    { provide: EventStore, useValue: store },
    { provide: BlobStore, useValue: blobs },
    { provide: Aggregates, useValue: new AggregateStore(store) },
    { provide: RegionDataHistory, useValue: new StoredRegionDataHistory(store) },
    { provide: FlockCatalogue, useValue: new StoredFlockCatalogue(store, blobs) },
    { provide: ReadQueries, useValue: new ReadQueries(new ReadModels(rows), new StoredPositions(rows)) },
  ];
  @Global()
  @Module({ providers: provided, exports: provided.map((p) => p.provide) })
  class StoresModule {}
  const module = await Test.createTestingModule({
    imports: [StoresModule, CqrsModule.forRoot(), CompilationCommandsModule, CompilationQueriesModule],
  }).compile();
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}

describe('compilation over HTTP', () => {
  it('carries out what the saga asks for, and tells when a revision has settled', async () => {
    const app = await boot();
    const context = {
      commandId: 'c1',
      actor: 'ada',
      occurredAt: '2026-01-01T00:00:00.000Z',
      correlationId: 'x',
      ticket: 'CHG-1',
    };
    await app
      .get(Aggregates)
      .execute(regionDataAggregate, 'region-data', { type: 'AddRealm', realm: 'realm1' }, context);
    await app
      .get(CommandBus)
      .execute(
        new CompilationRequest({ type: 'CompileRegionData', revision: '0' }, { ...context, commandId: 'c2' }),
      );
    const settled = await app.inject({ method: 'GET', url: '/v1/compilations/settled?revision=0' });
    expect([settled.statusCode, settled.json()]).toEqual([
      200,
      { revision: '0', recompiled: [], unchanged: 0 },
    ]);
    const list = await app.inject({ method: 'GET', url: '/v1/compilations' });
    expect([list.statusCode, list.json()]).toEqual([200, { items: [] }]);
    await app.close();
  });
});

import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Global, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { accessAggregate } from '#libs/access/directory';
import { AccessModule } from '#libs/access/nest';
import { captured } from '#libs/command-line/testing';
import { Aggregates, AggregateStore, EventStore } from '#libs/event-store';
import { MemoryEventStore } from '#libs/event-store/adapters/memory';
import { sha256, type Projection } from '#libs/kernel';
import { ProjectionRunner, ReadStore } from '#libs/read-store';
import { MemoryReadStore } from '#libs/read-store/adapters/memory';
import { ParkedCommandsModule, ParkedQueriesModule, type ParkedItem } from '#libs/read-store/nest';
import { cios } from '../apps/cios/src/cli/program.js';

let isBroken = true;
/** One row of all tokens that were issued, and cannot be made while `isBroken`. */
const issued: Projection<{ readonly count: number }> = {
  name: 'issued',
  version: 1,
  types: ['TokenIssued'],
  keys: () => ['all'],
  apply(row) {
    if (isBroken) throw new Error('cannot count');
    return { count: (row?.count ?? 0) + 1 };
  },
};

let app: NestFastifyApplication;
let aggregates: AggregateStore;
let runner: ProjectionRunner;
let running: Promise<void>;
const stop = new AbortController();
beforeEach(async () => {
  const store = new MemoryEventStore();
  const readStore = new MemoryReadStore();
  aggregates = new AggregateStore(store);
  @Global()
  @Module({
    providers: [
      { provide: EventStore, useValue: store },
      { provide: Aggregates, useValue: aggregates },
      { provide: ReadStore, useValue: readStore },
    ],
    exports: [EventStore, Aggregates, ReadStore],
  })
  class StoresModule {}
  const module = await Test.createTestingModule({
    imports: [StoresModule, CqrsModule.forRoot(), AccessModule, ParkedQueriesModule, ParkedCommandsModule],
  }).compile();
  app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  runner = new ProjectionRunner({
    eventStore: store,
    readStore,
    projections: [issued],
    onError: () => undefined,
  });
  running = runner.run(stop.signal);
  await until(() => runner.status().caughtUp);
  await issue('operator');
  await issue('viewer');
  await until(() => runner.status().parked === 2);
});
afterEach(async () => {
  stop.abort();
  await running;
  await app.close();
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(10);
}

async function issue(role: 'operator' | 'viewer'): Promise<void> {
  await aggregates.execute(
    accessAggregate,
    'access',
    { type: 'IssueToken', token: role, actor: role, name: role, role, hash: sha256(role), expiresAt: null },
    { commandId: role, correlationId: role, actor: 'test', occurredAt: '2026-01-01T00:00:00.000Z' },
  );
}

const as = async (role: string, ...args: readonly string[]) =>
  captured(cios, ['parked', ...args, '--url', await app.getUrl(), '--token', role, '--json']);
const listed = async () => (await as('viewer', 'list')).json<{ parked: readonly ParkedItem[] }>().parked;

it('what a read model lacks is listed, and tried again on request with all behind it', async () => {
  const [first, second] = await listed();
  expect(first).toMatchObject({
    kind: 'event',
    of: 'issued@1',
    what: 'TokenIssued at 0, row all',
    error: 'cannot count',
    behind: false,
  });
  expect(second).toMatchObject({ what: 'TokenIssued at 1, row all', behind: true });

  isBroken = false;
  expect((await as('viewer', 'retry', first!.id)).json()).toMatchObject({ code: 'access/forbidden' });
  const unknown = await as('operator', 'retry', 'parked/projection/none');
  expect([unknown.code, unknown.json()]).toEqual([1, expect.objectContaining({ code: 'parked/unknown' })]);
  expect((await as('operator', 'retry', first!.id)).json()).toEqual({ id: first!.id, retryAsked: true });
  await until(() => runner.status().parked === 0);
  expect(await listed()).toEqual([]);
});

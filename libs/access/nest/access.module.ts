import { Module, type OnModuleInit } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE, HttpAdapterHost } from '@nestjs/core';
import { type FastifyAdapter } from '@nestjs/platform-fastify';
import { AccessDirectory } from '#libs/access/contract';
import { EventStore } from '#libs/event-store';
import { type AuthenticatedRequest, mustBeShallow, ProblemFilter, requestValidation } from '#libs/http';
import { StoredAccessDirectory } from '../directory/index.js';
import { AccessGuard, callerOf } from './access.guard.js';
import { TokensController } from './tokens.controller.js';

const directory = {
  provide: AccessDirectory,
  useFactory: (store: EventStore) => new StoredAccessDirectory(store),
  inject: [EventStore],
};

/**
 * The edge of every app that serves HTTP: who calls and with which role, what a request may look like, what an error looks like.
 * Needs `EventStore` from a global module.
 */
@Module({
  providers: [
    directory,
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_PIPE, useFactory: requestValidation },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
  exports: [AccessDirectory],
})
export class AccessModule implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost<FastifyAdapter>,
    private readonly accessDirectory: AccessDirectory,
  ) {}

  /** A body is read for who bears a token only, and no deeper than it can be checked: guards come after it was parsed. */
  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance();
    fastify.addHook('onRequest', async (request) => {
      if (request.method === 'GET' || request.method === 'HEAD') return;
      const admitted: AuthenticatedRequest = request;
      admitted.principal = await callerOf(request, this.accessDirectory);
    });
    fastify.addHook('preValidation', async (request) => {
      mustBeShallow(request.body);
    });
  }
}

/** Issues and revokes tokens; needs `Aggregates` too. Only where commands are taken. */
@Module({ imports: [AccessModule], controllers: [TokensController] })
export class AccessCommandsModule {}

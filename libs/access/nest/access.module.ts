import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { AccessDirectory } from '#libs/access/contract';
import { EventStore } from '#libs/event-store';
import { ProblemFilter, requestValidation } from '#libs/http';
import { StoredAccessDirectory } from '../directory/index.js';
import { AccessGuard } from './access.guard.js';
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
export class AccessModule {}

/** Issues and revokes tokens; needs `Aggregates` too. Only where commands are taken. */
@Module({ imports: [AccessModule], controllers: [TokensController] })
export class AccessCommandsModule {}

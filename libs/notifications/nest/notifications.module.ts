import { Module } from '@nestjs/common';
import { GiveNoticeHandler } from './give-notice.handler.js';
import { SubscriptionsController } from './subscriptions.controller.js';

/** Subscriptions over HTTP. Needs `EventStore`, `ReadStore`, `Aggregates` and `SIGNING_KEY` from global modules. */
@Module({ controllers: [SubscriptionsController], providers: [GiveNoticeHandler] })
export class NotificationsModule {}

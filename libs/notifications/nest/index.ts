export * from './give-notice.handler.js';
export * from './notifications.module.js';
export * from './subscriptions.controller.js';

export { type GatewayUser } from './access.js';
export * from './gateway.js';
export * from './self-signed.js';

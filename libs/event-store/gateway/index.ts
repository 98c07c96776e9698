export * from './gateway.js';
export { type GatewayUser } from './access.js';

export * from './http-tickets.js';
export * from './recorded-tickets.js';

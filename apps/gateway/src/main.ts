import { settingsFrom } from '#libs/installation';
import { serveGateway } from './serve-gateway.js';

const gateway = await serveGateway({
  data: settingsFrom(process.env).data,
  port: Number(process.env['CIOS_PORT'] ?? 2113),
  host: process.env['CIOS_LISTEN'] ?? '127.0.0.1',
  insecure: process.env['CIOS_GATEWAY_INSECURE'] === 'true',
});
console.log(`gateway: ${gateway.url}`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void gateway.close());

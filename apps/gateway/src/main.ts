import { listeningFrom, settingsFrom } from '#libs/installation';
import { serveGateway } from './serve-gateway.js';

const gateway = await serveGateway({
  data: settingsFrom(process.env).data,
  ...listeningFrom(process.env, 2113),
  insecure: process.env['CIOS_GATEWAY_INSECURE'] === 'true',
});
console.log(`gateway: ${gateway.url}`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void gateway.close());

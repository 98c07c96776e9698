import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { Client } from './client.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function answering(name: string): Promise<string> {
  const server = createServer((request, response) => {
    response.end(JSON.stringify({ name, method: request.method }));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('asks the query API what it wants to know, and the command API to do something, where they are apart', async () => {
  const [url, queryUrl] = [await answering('commands'), await answering('queries')];
  const apart = new Client({ url, queryUrl, token: 'token' });
  expect(await apart.get('/v1/regions')).toEqual({ name: 'queries', method: 'GET' });
  expect(await apart.post('/v1/regions')).toEqual({ name: 'commands', method: 'POST' });
  const one = new Client({ url, token: 'token' });
  expect(await one.get('/v1/regions')).toEqual({ name: 'commands', method: 'GET' });
});

import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { type Server, startServer } from '../apps/cios/src/server/index.js';
import { ServedInstallation } from './served-installation.js';

let served: ServedInstallation;
let server: Pick<Server, 'url' | 'token'>;

beforeAll(async () => {
  served = await ServedInstallation.start('edge', {});
  server = served.address;
});
afterAll(() => served.stop());

async function post(
  route: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<readonly [status: number, code: string]> {
  const response = await fetch(server.url + route, { method: 'POST', body, headers });
  return [response.status, ((await response.json()) as { readonly code: string }).code];
}

it('bytes where JSON is due are refused, and the process lives on', async () => {
  const headers = { authorization: `Bearer ${server.token}`, 'content-type': 'application/octet-stream' };
  for (const route of ['/v1/render', '/v1/region-data/import', '/v1/realms'])
    expect(await post(route, '{}', headers)).toEqual([415, 'request/unsupported-media-type']);
  expect((await fetch(`${server.url}/v1/health`)).status).toBe(200);
});

it('who bears no token is told so, whatever the body', async () => {
  const route = '/v1/realms';
  for (const [type, body] of [
    ['application/json', '{'],
    ['application/json', '{"name":1}'],
    ['text/strange', 'x'],
    ['application/octet-stream', 'x'],
  ] as const)
    for (const authorization of ['', 'Bearer unknown'])
      expect(await post(route, body, { 'content-type': type, authorization })).toEqual([
        401,
        'access/unauthenticated',
      ]);
});

it('a body that is nested too deep is refused', async () => {
  const headers = { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' };
  for (const levels of [101, 3_000, 200_000])
    expect(
      await post(
        '/v1/realms',
        `{"name":"r","attributes":${'['.repeat(levels)}${']'.repeat(levels)}}`,
        headers,
      ),
    ).toEqual([422, 'request/invalid']);
});

it('a port in use is told by who starts, and by nobody else', async () => {
  const port = Number(new URL(server.url).port);
  const written = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    const second = startServer({ data: join(served.folder, 'second'), port });
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(written).not.toHaveBeenCalled();
  } finally {
    written.mockRestore();
  }
});

it('a position that the log has not reached is refused, not answered with nothing', async () => {
  const headers = { authorization: `Bearer ${server.token}` };
  const { head } = (await (await fetch(`${server.url}/v1/health`)).json()) as { readonly head: string };
  for (const route of ['/v1/events?', '/v1/events?stream=access&', '/v1/events/stream?'])
    for (const [after, status] of [
      [BigInt(head), 200],
      [BigInt(head) + 1n, 404],
    ] as const) {
      const response = await fetch(`${server.url}${route}after=${after}`, { headers });
      expect([route, response.status]).toEqual([route, status]);
      await response.body?.cancel();
    }
});

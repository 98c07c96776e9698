import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpTickets } from './index.js';

describe('a ticketing system behind HTTP (RD-14)', () => {
  let server: Server;
  let url: string;
  let asked: string[];

  beforeEach(async () => {
    asked = [];
    server = createServer((request, response) => {
      const id = decodeURIComponent((request.url ?? '').slice('/tickets/'.length));
      asked.push(id);
      if (id === 'slow') return;
      response.statusCode = id === 'gone' ? 404 : id === 'broken' ? 500 : 200;
      response.end(
        id === 'odd'
          ? '{}'
          : JSON.stringify({ status: 'approved', title: `About ${id}`, url: 'javascript:alert(1)' }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tickets/{id}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('tells id and status, asking once', async () => {
    const tickets = new HttpTickets({ url });
    const answer = [
      { id: 'CHG/1', status: 'approved', title: 'About CHG/1' },
      { id: 'gone', status: 'unknown' },
      { id: 'CHG/1', status: 'approved', title: 'About CHG/1' },
    ];
    expect(await tickets.statusOf(['CHG/1', 'gone', 'CHG/1'])).toEqual(answer);
    expect(await tickets.statusOf(['CHG/1', 'gone', 'CHG/1'])).toEqual(answer);
    expect(asked.sort()).toEqual(['CHG/1', 'gone']);
  });

  it('is not waited for beyond its time, and never fails', async () => {
    const tickets = new HttpTickets({ url, timeoutMs: 100 });
    const began = performance.now();
    expect((await tickets.statusOf(['slow', 'broken', 'odd'])).map((t) => t.status)).toEqual([
      'unavailable',
      'unavailable',
      'unavailable',
    ]);
    expect(performance.now() - began).toBeLessThan(2_000);
    const nobody = new HttpTickets({ url: 'http://127.0.0.1:1/{id}' });
    expect(await nobody.statusOf(['CHG-1'])).toEqual([{ id: 'CHG-1', status: 'unavailable' }]);
  });
});

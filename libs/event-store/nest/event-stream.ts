import { once } from 'node:events';
import { type ServerResponse } from 'node:http';
import { type EventStore, type SubscribeOptions } from '../port/event-store.js';
import { toJson } from './event-json.js';

/** What a Fastify reply gives away: the response of Node itself. */
export interface RawReply {
  hijack(): unknown;
  readonly raw: ServerResponse;
}

const heartbeatMs = 15_000;

/**
 * Writes the log to one client until it goes away. The subscription is read no faster than the socket drains, so a slow client costs
 * one buffer and nothing more.
 */
export async function openEventStream(
  reply: RawReply,
  events: EventStore,
  options: Pick<SubscribeOptions, 'after' | 'types'>,
): Promise<void> {
  const { raw } = reply;
  const gone = new AbortController();
  raw.on('close', () => {
    gone.abort();
  });
  reply.hijack();
  raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    connection: 'keep-alive',
    'x-accel-buffering': 'no',
  });
  const write = async (text: string): Promise<void> => {
    if (!raw.write(text)) await once(raw, 'drain', { signal: gone.signal });
  };
  const heartbeat = setInterval(() => {
    if (!raw.writableNeedDrain) raw.write(': still here\n\n');
  }, heartbeatMs);
  try {
    for await (const item of events.subscribe({ ...options, signal: gone.signal })) {
      if (item.kind === 'event')
        await write(
          `id: ${item.event.position}\nevent: ${item.event.type}\ndata: ${JSON.stringify(toJson(item.event))}\n\n`,
        );
      else if (item.kind === 'caught-up') await write(`: caught up at ${item.position}\n\n`);
    }
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  } finally {
    clearInterval(heartbeat);
    raw.end();
  }
}

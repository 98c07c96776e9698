import { createServer } from 'node:net';
import { join } from 'node:path';
import { refuse, Refused } from '#libs/kernel';
import { openEmbeddedEventStore } from '#libs/event-store/adapters/embedded';
import { startGateway } from '#libs/event-store/gateway';
import { gatewayCredentials } from './credentials.js';

export interface GatewaySettings {
  /** Folder of the installation; an empty one is initialised. */
  readonly data: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Plain text, on loopback only, without credentials and without CIOS's own streams. */
  readonly insecure: boolean;
}

export interface ServedGateway {
  readonly port: number;
  /** What a client is told, without a password. */
  readonly url: string;
  /** Where the logins and the certificate lie; null when insecure. */
  readonly credentials: string | null;
  close(): Promise<void>;
}

/**
 * Serves the event store of an installation, as its only writer. Throws `Refused`: `gateway/not-loopback`,
 * `gateway/port-in-use`, and `event-store/in-use` beside another writer.
 */
export async function serveGateway({
  data,
  port,
  host = '127.0.0.1',
  insecure,
}: GatewaySettings): Promise<ServedGateway> {
  if (insecure && host !== '127.0.0.1' && host !== 'localhost') {
    throw new Refused(
      refuse('gateway/not-loopback', `an insecure gateway would be open to everybody who reaches ${host}`, {
        fix: 'leave --insecure out, or let it listen on 127.0.0.1',
      }),
    );
  }
  await mustBeFree(host, port);
  const store = await openEmbeddedEventStore({ folder: join(data, 'events') });
  try {
    const secure = insecure ? null : gatewayCredentials(data, host);
    const gateway = await startGateway({
      store,
      host,
      port,
      ...(secure && {
        tls: secure.tls,
        users: [{ ...secure.own, isOwn: true }, secure.guest],
      }),
    });
    const tls = secure ? `tls=true&tlsCAFile=${secure.certificateFile}` : 'tls=false';
    // TLS has no names that are addresses; clients warn of one.
    const name = secure && host === '127.0.0.1' ? 'localhost' : host;
    return {
      port: gateway.port,
      url: `esdb://${name}:${gateway.port}?${tls}`,
      credentials: secure ? join(data, 'gateway') : null,
      async close() {
        await gateway.close();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Asked before anything is made in the folder, and because gRPC prints what it then throws. Throws `Refused`. */
async function mustBeFree(host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port }, () =>
      server.close(() => {
        resolve();
      }),
    );
  }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Refused(
      refuse('gateway/port-in-use', `something else listens on port ${port} of ${host}`, {
        fix: 'choose another with --port N, or any free one with --port 0',
      }),
    );
  });
}

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const peers = createRequire(new URL('../peers/', import.meta.url));
const NOT_THERE = 'npm i --prefix bench/peers --legacy-peer-deps comes first, and needs a C++ compiler';

/**
 * `@event-driven-io/emmett-sqlite` on one connection, in its own settings: WAL and `synchronous=FULL`, which is durable as ours is. Its
 * connection joins appends that overlap into one transaction and answers all but the last of them before the commit, so that
 * appends take turns here. `{ notRun }` where it is not installed.
 */
export async function openEmmettStore(path) {
  let emmett;
  try {
    emmett = await import(pathToFileURL(peers.resolve('@event-driven-io/emmett-sqlite')).href);
  } catch (error) {
    return { notRun: `${NOT_THERE} (${error.message.split('\n')[0]})` };
  }
  return new EmmettStore(emmett, path);
}

class EmmettStore {
  #emmett;
  #connection;
  #store;
  #turn = Promise.resolve();

  constructor(emmett, fileName) {
    this.#emmett = emmett;
    this.#connection = emmett.sqliteConnection({ fileName });
    const connectionOptions = { singleton: true, connection: this.#connection };
    this.#store = emmett.getSQLiteEventStore({ fileName, connectionOptions });
  }

  /** `expected` is how many events the stream has. */
  append(stream, events, expected) {
    const expectedStreamVersion = expected === 0 ? 'STREAM_DOES_NOT_EXIST' : BigInt(expected);
    const mine = this.#turn.then(() => this.#store.appendToStream(stream, events, { expectedStreamVersion }));
    this.#turn = mine;
    return mine;
  }

  async *readAll() {
    for (let after = 0n; ;) {
      const { messages } = await this.#emmett.readMessagesBatch(this.#connection, { after, batchSize: 1000 });
      if (messages.length === 0) return;
      yield* messages;
      after = messages[messages.length - 1].metadata.globalPosition;
    }
  }

  close() {
    this.#connection.close();
  }
}

import { MongoClient, type Db } from 'mongodb';
import { StoreUnavailable } from '#libs/event-store';

export interface MongodbOptions {
  /** Milliseconds until a call fails for want of a server; default 5,000. */
  readonly serverSelectionMs?: number;
  /** Milliseconds until a call without an answer fails; default 10,000. A commit has three times as many. */
  readonly callMs?: number;
}

export const defaultCallMs = 10_000;

interface Hello {
  readonly setName?: string;
  /** `isdbgrid`: a router of a sharded cluster. */
  readonly msg?: string;
}

/** A client whose guarantees no option in the URL can weaken, for the database that the URL names, else `cios`. */
export function clientOf(
  url: string,
  options: MongodbOptions,
): { client: MongoClient; db: Db; where: string } {
  const { serverSelectionMs = 5_000, callMs = defaultCallMs } = options;
  const client = new MongoClient(url, {
    retryWrites: true,
    retryReads: true,
    writeConcern: { w: 'majority' },
    // What a failover could undo is neither read nor acknowledged.
    readConcern: { level: 'majority' },
    readPreference: 'primary',
    // Positions are 64 bits; numbers in rows are never stored as such.
    useBigInt64: true,
    maxPoolSize: 20,
    maxIdleTimeMS: 60_000,
    serverSelectionTimeoutMS: serverSelectionMs,
    connectTimeoutMS: Math.min(callMs, 10_000),
    waitQueueTimeoutMS: callMs,
    appName: 'cios',
  });
  const named = client.db();
  const db = named.databaseName === 'test' ? client.db('cios') : named;
  const hosts = client.options.srvHost ?? client.options.hosts.map(String).join(',');
  return { client, db, where: `${hosts}/${db.databaseName}` };
}

/** Rejects with `StoreUnavailable` where what answers cannot keep the promises of the read store. */
export async function checkServer(db: Db, where: string): Promise<void> {
  const { setName, msg } = (await db.admin().command({ hello: 1 })) as Hello;
  if (setName === undefined && msg !== 'isdbgrid')
    throw new StoreUnavailable(
      `the MongoDB at ${where} is a single server, which has no transactions: make it a replica set of one (start mongod with --replSet rs0, then rs.initiate() once) and add replicaSet=rs0 to the URL`,
    );
}

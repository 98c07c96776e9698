import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { MongoClient } from 'mongodb';

/** What answers the MongoDB adapter in a test run. */
export interface MongodbLane {
  readonly name: string;
  /** Set where its transactions do not keep apart. */
  readonly notIsolated?: string;
  urlOf(database: string): string;
  /** Drops the databases that were asked for. */
  stop(): Promise<void>;
}

/** A lane, or why it cannot run. */
export type Lane = MongodbLane | { readonly name: string; readonly notRun: string };

const emulator = '@jongodb/memory-server-bin-linux-x64-gnu';
const emulated = 'mongodb → jongodb 0.1.6, an emulator in memory';

/** The replica set that CIOS_TEST_MONGODB names. */
export function realMongodb(): Lane {
  const name = 'mongodb → a real replica set';
  const url = process.env['CIOS_TEST_MONGODB'];
  if (url === undefined) return { name, notRun: 'CIOS_TEST_MONGODB names none' };
  const urls: string[] = [];
  return {
    name,
    urlOf: (database) => {
      urls.push(withDatabase(url, database));
      return urls.at(-1)!;
    },
    stop: async () => {
      for (const one of urls) {
        const client = new MongoClient(one);
        await client.db().dropDatabase();
        await client.close();
      }
    },
  };
}

/**
 * The emulator, where it is installed. Known to differ from a server: a bulk write with a duplicate inserts nothing, it
 * commits after 11000 inside a transaction, ignores projections, has no rename and no change streams, keeps nothing on disk.
 */
export async function emulatedMongodb(): Promise<Lane> {
  const binary = process.env['CIOS_TEST_JONGODB'] ?? emulatorBinary();
  if (binary === null) return { name: emulated, notRun: `${emulator} is not installed` };
  const child = spawn(binary, ['--topology-profile=singleNodeReplicaSet'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const url = await new Promise<string | null>((resolve) => {
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const [, uri] = /JONGODB_URI=(\S+)/.exec(said) ?? [];
      if (uri !== undefined) resolve(uri);
    });
    child.on('exit', () => {
      resolve(null);
    });
    child.on('error', () => {
      resolve(null);
    });
  });
  if (url === null) return { name: emulated, notRun: `${emulator} does not start here` };
  return {
    name: emulated,
    // Seen with 0.1.6: of eight transactions that replace one document under the same condition, up to eight commit.
    notIsolated: 'transactions of jongodb 0.1.6 do not see one another, and all commit',
    urlOf: (database) => withDatabase(url, database),
    stop: async () => {
      child.kill();
    },
  };
}

/** One that answers: the real replica set where one is named, else the emulator. */
export async function someMongodb(): Promise<Lane> {
  const real = realMongodb();
  return 'notRun' in real ? emulatedMongodb() : real;
}

function withDatabase(url: string, database: string): string {
  const parsed = new URL(url);
  parsed.pathname = `/${database}`;
  return parsed.href;
}

function emulatorBinary(): string | null {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${emulator}/package.json`);
    return join(dirname(manifest), 'bin', 'jongodb');
  } catch {
    return null;
  }
}

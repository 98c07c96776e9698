import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** What answers the MongoDB adapter in a test run. */
export interface MongodbLane {
  readonly name: string;
  /** Set where its transactions do not keep apart. */
  readonly notIsolated?: string;
  urlOf(database: string): string;
  stop(): void;
}

const emulator = '@jongodb/memory-server-bin-linux-x64-gnu';

/** A real replica set where CIOS_TEST_MONGODB names one, else the emulator where it is installed, else why neither ran. */
export async function startMongodb(): Promise<MongodbLane | { readonly notRun: string }> {
  const real = process.env['CIOS_TEST_MONGODB'];
  if (real !== undefined)
    return { name: 'real server', urlOf: (database) => withDatabase(real, database), stop: () => undefined };
  const binary = process.env['CIOS_TEST_JONGODB'] ?? emulatorBinary();
  if (binary === null)
    return { notRun: `CIOS_TEST_MONGODB names no server, and the emulator ${emulator} is not installed` };
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
  if (url === null) return { notRun: `the emulator ${emulator} does not start here` };
  return {
    name: 'jongodb, an emulator in memory',
    // Seen with 0.1.6: of eight transactions that replace one document under the same condition, up to eight commit.
    notIsolated: 'transactions of jongodb 0.1.6 do not see one another, and all commit',
    urlOf: (database) => withDatabase(url, database),
    stop: () => void child.kill(),
  };
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

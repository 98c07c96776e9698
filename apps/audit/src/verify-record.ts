import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Verification, verifyLog } from '#libs/audit';
import { type Seal } from '#libs/event-store/audit';
import { failureOf } from '#libs/command-line';
import { Refused } from '#libs/kernel';
import { withRecord } from './record.js';

/** Verifies the record below a folder, in this process. A file that cannot be opened at all is a finding. */
export async function verifyRecord(
  data: string | undefined,
  cwd: string,
  seal?: Seal,
): Promise<Verification> {
  try {
    return await withRecord(data, cwd, ({ scan, blob }) => verifyLog({ scan, blob, ...(seal && { seal }) }));
  } catch (error) {
    if (error instanceof Refused) throw error;
    return damaged(failureOf(error).message);
  }
}

/**
 * The same in a process of its own: where a damaged file makes the database end the process that reads it (it is mapped into
 * memory), that is a finding too.
 */
export async function verifyApart(data: string | undefined, cwd: string, seal?: Seal): Promise<Verification> {
  const child = fork(fileURLToPath(import.meta.url), ['verify-apart'], {
    cwd,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    child.once(
      'message',
      (answer: { readonly verification?: Verification; readonly refusal?: Refused['refusal'] }) => {
        if (answer.verification) resolve(answer.verification);
        else reject(new Refused(answer.refusal!));
        child.disconnect();
      },
    );
    child.once('exit', (code, signal) => {
      if (signal !== null)
        resolve(damaged(`the file is damaged so badly that reading it ended the process (${signal})`));
      // It could not even begin: what stands in its way shows here.
      else if (code !== 0) resolve(verifyRecord(data, cwd, seal));
    });
    child.once('error', reject);
    child.send({ data, cwd, seal });
  });
}

function damaged(message: string): Verification {
  return {
    intact: false,
    events: 0,
    streams: 0,
    blobs: 0,
    seals: 0,
    position: '-1',
    root: null,
    redactions: [],
    findings: [{ kind: 'store', position: null, message }],
  };
}

if (process.argv[2] === 'verify-apart' && process.send) {
  process.removeAllListeners('warning');
  process.once('message', ({ data, cwd, seal }: { data?: string; cwd: string; seal?: Seal }) => {
    verifyRecord(data, cwd, seal).then(
      (verification) => process.send?.({ verification }),
      (error: unknown) =>
        process.send?.(
          error instanceof Refused
            ? { refusal: error.refusal }
            : { verification: damaged(failureOf(error).message) },
        ),
    );
  });
}

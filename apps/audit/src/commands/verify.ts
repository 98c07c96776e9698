import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Verification } from '#libs/audit';
import { offline, type Output, type Register } from '#libs/command-line';
import { type Seal } from '#libs/event-store/audit';
import { refuse, Refused } from '#libs/kernel';
import { verifyApart } from '../verify-record.js';

export const verify: Register = (parent, cli) => {
  offline(parent, 'verify', 'proves that the record is as it was written')
    .option('--data <dir>', 'folder of the installation (default: .cios/data)')
    .option('--seal <file>', 'an exported seal: also finds what was cut off or left out before it')
    .action(
      cli.run<{ seal?: string }>(async ({ options: { data, seal }, out, io }) => {
        const found = await verifyApart(
          data,
          io.cwd,
          seal === undefined ? undefined : readSeal(seal, io.cwd),
        );
        out.result(found);
        printVerification(out, found);
        const where = data === undefined ? '' : ` --data ${data}`;
        if (found.intact)
          out.next(`cios audit export --seal --output seal.json${where}   (keep it elsewhere)`);
        else out.next('restore the store from a backup, and verify that against a seal kept elsewhere');
        return found.intact ? 0 : 1;
      }),
    );
};

/** What was verified, and each thing that is wrong with its place. */
export function printVerification(out: Output, found: Verification): void {
  const { events, streams, blobs, seals, position, root, redactions, findings } = found;
  out.line(`${events} events in ${streams} streams, ${blobs} blobs, ${seals} seals`);
  if (root !== null) out.line(`head: position ${position}, ${root}`);
  for (const { event, position: at, ticket } of redactions)
    out.line(`redacted: event ${event} at position ${at}, under ${ticket}`);
  for (const { message } of findings.slice(0, 50)) out.line(`${out.color.red('altered:')} ${message}`);
  if (findings.length > 50) out.line(`… and ${findings.length - 50} more (--json has all)`);
  if (found.intact)
    out.line(out.color.green('intact: every record, chain, seal and blob is as it was written'));
}

function readSeal(file: string, cwd: string): Seal {
  const text = readFileSync(resolve(cwd, file), 'utf8');
  try {
    const { count, position, root } = JSON.parse(text) as Seal;
    if (Number.isInteger(count) && /^\d+$/.test(position) && /^[0-9a-f]{64}$/.test(root))
      return { count, position, root };
  } catch {
    // Told below.
  }
  throw new Refused(
    refuse('audit/invalid-seal', `${file} is no seal`, {
      fix: 'export one with: cios audit export --seal --output FILE',
    }),
  );
}

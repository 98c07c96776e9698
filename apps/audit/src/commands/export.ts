import { createWriteStream, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { sealOf } from '#libs/audit';
import { offline, type Io, type Output, type Register } from '#libs/command-line';
import { refuse, Refused } from '#libs/kernel';
import { type Record, withRecord } from '../record.js';

interface Options {
  readonly seal?: boolean;
  readonly output?: string;
}

export const exportCommand: Register = (parent, cli) => {
  offline(parent, 'export', 'prints the record, one event a line, or its seal')
    .option('--data <dir>', 'folder of the installation (default: .cios/data)')
    .option('--seal', 'the seal alone: number of events, position, and one digest over all streams')
    .option('--output <file>', 'write it there')
    .action(
      cli.run<Options>(async ({ options: { data, seal, output }, out, io }) => {
        const where = data === undefined ? '' : ` --data ${data}`;
        await withRecord(data, io.cwd, (record) =>
          seal === true ? exportSeal(record, output, io) : exportEvents(record, output, io, out),
        );
        if (output === undefined) return 0;
        out.result({ file: output });
        out.line(`${output} is written`);
        out.next(seal === true ? `cios audit verify --seal ${output}${where}` : `cios audit verify${where}`);
        return 0;
      }),
    );
};

async function exportSeal(record: Record, output: string | undefined, io: Io): Promise<void> {
  const seal = sealOf(record.scan());
  if (!seal) throw new Refused(refuse('audit/empty', 'the log is empty: there is nothing to seal'));
  const text = `${JSON.stringify(seal)}\n`;
  if (output === undefined) io.out(text);
  else writeFileSync(resolve(io.cwd, output), text);
}

async function exportEvents(record: Record, output: string | undefined, io: Io, out: Output): Promise<void> {
  if (output !== undefined) {
    await pipeline(Readable.from(lines(record)), createWriteStream(resolve(io.cwd, output)));
    return;
  }
  for await (const line of lines(record)) out.raw(line);
}

async function* lines(record: Record): AsyncIterable<string> {
  for await (const { position, revision, ...event } of record.events())
    yield `${JSON.stringify({ position: String(position), revision: String(revision), ...event })}\n`;
}

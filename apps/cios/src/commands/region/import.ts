import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { type Diagnostic } from '#libs/kernel';
import { change, type Register, printDiagnostics } from '../../cli/cli.js';
import { type Answer } from '../../cli/client.js';
import { settled } from '../../cli/settled.js';

export const regionImport: Register = (parent, cli) => {
  change(
    parent,
    'import <file>',
    'adds and edits what a region-data document says; what it leaves out stays',
  ).action(
    cli.run(async ({ args: [file = ''], out, io, connect, change: bears }) => {
      const text = readFileSync(resolve(io.cwd, file), 'utf8');
      const client = await connect();
      const answer = await client.post<
        Answer & { readonly events?: number | readonly string[]; readonly warnings?: readonly Diagnostic[] }
      >('/v1/region-data/import', { text, filename: basename(file) }, { ...bears, timeoutMs: 300_000 });
      const { recompiled, unchanged } = await settled(client, answer.revision);
      out.result({ ...answer, recompiled, unchanged });
      printDiagnostics(out, answer.warnings ?? [], io.cwd);
      const events = typeof answer.events === 'number' ? answer.events : (answer.events?.length ?? 0);
      out.line(`region data is at revision ${answer.revision}: ${events} changes`);
      out.next('cios region list', 'cios flock publish DIR --golden');
      return 0;
    }),
  );
};

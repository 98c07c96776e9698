import { online, type Register } from '../../cli/cli.js';
import { path } from '../../cli/client.js';
import { printHunks } from '../print-hunks.js';

interface Diff {
  readonly files: readonly {
    readonly path: string;
    readonly status: string;
    readonly hunks: readonly {
      readonly kind: 'same' | 'removed' | 'added';
      readonly lines: readonly string[];
    }[];
  }[];
}

export const flockDiff: Register = (parent, cli) => {
  online(parent, 'diff <flock> <from> <to>', 'what changed between two versions').action(
    cli.run(async ({ args: [name = '', from = '', to = ''], out, connect }) => {
      const diff = await (await connect()).get<Diff>(path`/v1/flocks/${name}/diff`, { from, to });
      out.result(diff);
      for (const file of diff.files) {
        out.line(`${out.color.bold(file.path)} ${file.status}`);
        printHunks(out, file.hunks);
      }
      if (diff.files.length === 0) out.line('nothing');
      out.next(`cios flock show ${name}`);
      return 0;
    }),
  );
};

import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { online, type Register } from '../../cli/cli.js';

interface Options {
  readonly output?: string;
  readonly yaml?: boolean;
  readonly at?: string;
  readonly revision?: string;
}

export const regionExport: Register = (parent, cli) => {
  online(parent, 'export', 'prints the whole region-data document, now or as it was')
    .option('--output <file>', 'write it there; the ending says JSON or YAML')
    .option('--yaml', 'YAML instead of JSON')
    .option('--at <time|position>', 'as of a time (ISO 8601) or a position in the log')
    .option('--revision <n>', 'as of a revision of region data')
    .action(
      cli.run<Options>(async ({ options: { output, yaml, at, revision }, out, io, connect }) => {
        const format = yaml === true || (output !== undefined && /\.ya?ml$/.test(output)) ? 'yaml' : 'json';
        const point = at === undefined ? {} : /^\d+$/.test(at) ? { position: at } : { at };
        const text = await (await connect()).text('/v1/region-data', { format, revision, ...point });
        if (output === undefined) {
          out.raw(text);
          return 0;
        }
        writeFileSync(resolve(io.cwd, output), text);
        out.result({ file: output, bytes: Buffer.byteLength(text) });
        out.line(`${output} has the document`);
        out.next(`cios compile --region-data ${output} --flocks DIR`);
        return 0;
      }),
    );
};

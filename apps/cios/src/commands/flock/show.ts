import { online, type Register } from '../../cli/cli.js';
import { path } from '../../cli/client.js';

interface Flock {
  readonly flock: string;
  readonly owners?: readonly string[];
  readonly history: readonly {
    readonly version: string;
    readonly digest?: string;
    readonly publishedAt?: string;
    readonly at?: string;
  }[];
  readonly artifacts: readonly {
    readonly artifact: string;
    readonly version?: string;
    readonly bytes?: number;
  }[];
}

export const flockShow: Register = (parent, cli) => {
  online(
    parent,
    'show <flock> [version]',
    'versions and artifacts of a flock, or the files of one version',
  ).action(
    cli.run(async ({ args: [name = '', version], out, connect }) => {
      const client = await connect();
      if (version !== undefined) {
        const found = await client.get<{
          readonly files: readonly { readonly path: string; readonly text: string }[];
        }>(path`/v1/flocks/${name}/versions/${version}`);
        out.result(found);
        for (const file of found.files) {
          out.line(out.color.dim(`# ${file.path}`));
          out.line(file.text.trimEnd());
          out.line();
        }
        out.next(`cios flock show ${name}`);
        return 0;
      }
      const flock = await client.get<Flock>(path`/v1/flocks/${name}`);
      out.result(flock);
      out.line(`${out.color.bold(flock.flock)}  ${flock.owners?.join(', ') ?? ''}`);
      out.line();
      await out.table(
        ['version', 'digest', 'published'],
        flock.history.map((v) => [v.version, v.digest?.slice(0, 12), v.publishedAt ?? v.at]),
      );
      if (flock.artifacts.length > 0) out.line();
      await out.table(
        ['artifact', 'version', 'bytes'],
        flock.artifacts.map((a) => [a.artifact, a.version, a.bytes]),
      );
      const [first] = flock.history;
      out.next(...(first ? [`cios flock show ${name} ${first.version}`] : []), `cios flock compiled ${name}`);
      return 0;
    }),
  );
};

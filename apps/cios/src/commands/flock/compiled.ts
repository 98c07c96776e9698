import { type Diagnostic } from '#libs/kernel';
import { online, printDiagnostics, type Register } from '../../cli/cli.js';
import { path } from '../../cli/client.js';

interface Compiled {
  readonly targets?: {
    readonly digest: string;
    readonly reads: readonly string[];
    readonly diagnostics: readonly Diagnostic[];
    readonly targets: readonly {
      readonly name: string;
      readonly region: string;
      readonly environment: string;
    }[];
  };
  readonly resources?: {
    readonly targets: readonly {
      readonly target: { readonly name: string };
      readonly resources: readonly { readonly address: string; readonly type: string }[];
    }[];
  };
}

export const flockCompiled: Register = (parent, cli) => {
  online(parent, 'compiled <flock>', 'what a flock compiles to now, and what it reads')
    .option('--region <region>', 'also its resources there')
    .option('--version <version>', 'of this version')
    .action(
      cli.run<{ region?: string; version?: string }>(
        async ({ args: [flock = ''], options: { region, version }, out, io, connect }) => {
          const compiled = await (
            await connect()
          ).get<Compiled>(path`/v1/flocks/${flock}/compiled`, { region, version });
          out.result(compiled);
          const { targets, resources } = compiled;
          await out.table(
            ['target', 'region', 'environment'],
            (targets?.targets ?? []).map((t) => [t.name, t.region, t.environment]),
          );
          if (targets?.targets.length === 0) out.line('no region has what it selects');
          if (resources) out.line();
          await out.table(
            ['resource', 'target'],
            (resources?.targets ?? []).flatMap(({ target, resources: all }) =>
              all.map((r) => [r.address, target.name]),
            ),
          );
          if (targets) {
            out.line();
            out.line(`reads ${targets.reads.join(', ')}`);
            printDiagnostics(out, targets.diagnostics, io.cwd);
          }
          out.next(
            region === undefined
              ? `cios flock compiled ${flock} --region REGION`
              : `cios plan show ${region}`,
          );
          return 0;
        },
      ),
    );
};

import {
  type DiagnosticFormat,
  formatOption,
  offline,
  type Invocation,
  type Register,
  printDiagnostics,
} from '../cli/cli.js';
import { readFlocks } from '../offline/read-flocks.js';
import { readRegionData } from '../offline/read-region-data.js';

interface Options {
  readonly format?: DiagnosticFormat;
  readonly regionData?: string;
  readonly flocks?: string;
  readonly lenient?: boolean;
  readonly strict?: boolean;
}

export const lintCommand: Register = (program, cli) => {
  offline(
    program,
    'lint',
    'what a reviewer would say of flocks: hard-coded regions, unused locals, near-miss state names',
  )
    .option('--region-data <file>', 'region data, JSON or YAML; without it the texts alone are judged')
    .option('--flocks <dir>', 'folder in which the flocks lie')
    .option('--lenient', 'accept FIG. 5 as the patent prints it, with warnings')
    .option('--strict', 'warnings fail too')
    .addOption(formatOption())
    .action(cli.run<Options>(lint));
};

/** What compilation says of each flock, with region data also of its resources in regions that it selects, and what a reviewer would. */
async function lint({ options, out, io }: Invocation<Options>): Promise<number> {
  const data =
    options.regionData === undefined ? undefined : await readRegionData(options.regionData, io.cwd);
  const warnings = data?.warnings ?? [];
  const flocks = await readFlocks(options.flocks, io.cwd);
  const { lintOffline } = await import('#libs/compilation/offline');
  const linted = lintOffline({
    flocks,
    ...(data && { regionData: data.document }),
    lenient: options.lenient === true,
  });
  const diagnostics = linted.flatMap((flock) => flock.diagnostics);
  const errors = diagnostics.filter((d) => d.severity === 'error').length;
  out.result({ flocks: linted, regionData: warnings });
  printDiagnostics(out, [...warnings, ...diagnostics], io.cwd, options.format);
  const failed = errors > 0 || (options.strict === true && diagnostics.length > 0);
  if (options.format !== undefined) return failed ? 1 : 0;
  if (diagnostics.length === 0) out.line(`${flocks.length} flocks: nothing to say`);
  out.next(
    diagnostics.length > 0
      ? 'mend what stands above, and lint again'
      : data === undefined
        ? `cios lint --region-data FILE --flocks ${options.flocks}, which also compiles`
        : `cios graph --region-data ${options.regionData} --flocks ${options.flocks}`,
  );
  return failed ? 1 : 0;
}

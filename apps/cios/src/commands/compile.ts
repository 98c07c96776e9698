import { type Diagnostic } from '#libs/kernel';
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
  readonly region?: string;
  readonly lenient?: boolean;
  readonly explain?: boolean;
  readonly flock?: string;
}

export const compileCommand: Register = (program, cli) => {
  offline(program, 'compile', 'compiles flocks against region data')
    .option('--region-data <file>', 'region data, JSON or YAML')
    .option('--flocks <dir>', 'folder in which the flocks lie')
    .option('--region <name>', 'also the resources of each target in this region')
    .option('--lenient', 'accept FIG. 5 as the patent prints it, with warnings')
    .option(
      '--explain',
      'why each flock has its targets: which entries passed which filter, and by which values',
    )
    .option('--flock <name>', 'with --explain: of this flock alone')
    .addOption(formatOption())
    .action(cli.run<Options>(compile));
};

async function compile({ options, out, io }: Invocation<Options>): Promise<number> {
  const { document, warnings } = await readRegionData(options.regionData, io.cwd);
  const flocks = await readFlocks(options.flocks, io.cwd);
  if (options.explain === true) {
    const { explain } = await import('../offline/explain.js');
    return explain({ document, flocks, options, out, cwd: io.cwd });
  }
  const { compileOffline } = await import('#libs/compilation/offline');
  const { region, lenient } = options;
  const compiled = compileOffline({
    regionData: document,
    flocks,
    ...(region !== undefined && { region }),
    lenient: lenient === true,
  });
  const diagnostics = compiled.flocks.flatMap((flock) => flock.diagnostics);
  const errors = diagnostics.filter((d) => d.severity === 'error').length;
  out.result({ flocks: compiled.flocks });
  if (options.format !== undefined)
    printDiagnostics(out, [...warnings, ...diagnostics], io.cwd, options.format);
  else if (!out.json) {
    await out.table(
      ['flock', 'targets', ...(region === undefined ? [] : ['resources']), 'errors', 'warnings', 'digest'],
      compiled.flocks.map((flock) => [
        flock.name,
        flock.targets.length,
        ...(region === undefined ? [] : [flock.resources?.length ?? 0]),
        count(flock.diagnostics, 'error'),
        count(flock.diagnostics, 'warning'),
        flock.digest.slice(0, 12),
      ]),
    );
    if (region !== undefined)
      for (const flock of compiled.flocks) {
        if ((flock.resources?.length ?? 0) === 0) continue;
        out.line();
        await out.table(
          [flock.name, 'target', 'needs', 'publishes'],
          (flock.resources ?? []).map((r) => [
            r.address,
            r.target,
            r.needs.join(', '),
            r.publishes.join(', '),
          ]),
        );
      }
    printDiagnostics(out, [...warnings, ...diagnostics], io.cwd);
    const files = `--region-data ${options.regionData} --flocks ${options.flocks}`;
    out.next(
      errors > 0
        ? `mend the ${errors === 1 ? 'error' : `${errors} errors`} above, and compile again`
        : `cios graph ${files}${region === undefined ? '' : ` --region ${region}`}`,
    );
  }
  return errors > 0 ? 1 : 0;
}

function count(diagnostics: readonly Diagnostic[], severity: Diagnostic['severity']): number {
  return diagnostics.filter((d) => d.severity === severity).length;
}

import { type Diagnostic } from '#libs/kernel';
import { offline, type Invocation, type Register, printDiagnostics } from '../cli/cli.js';
import { readFlocks } from '../offline/read-flocks.js';
import { readRegionData } from '../offline/read-region-data.js';

interface Options {
  readonly regionData?: string;
  readonly flocks?: string;
  readonly lenient?: boolean;
}

export const lintCommand: Register = (program, cli) => {
  offline(program, 'lint', 'what a reviewer would say of flocks: hard-coded regions, near-miss state names')
    .option('--region-data <file>', 'region data, JSON or YAML')
    .option('--flocks <dir>', 'folder in which the flocks lie')
    .option('--lenient', 'accept FIG. 5 as the patent prints it, with warnings')
    .action(cli.run<Options>(lint));
};

/** Everything that compilation says of each flock, and what it says of its resources in each region that it selects. */
async function lint({ options, out, io }: Invocation<Options>): Promise<number> {
  const { document, warnings } = await readRegionData(options.regionData, io.cwd);
  const flocks = await readFlocks(options.flocks, io.cwd);
  const { OfflineCompiler } = await import('#libs/compilation/offline');
  const compiler = new OfflineCompiler({ regionData: document, flocks, lenient: options.lenient === true });
  const said = new Map<string, readonly Diagnostic[]>();
  const say = (
    results: readonly { readonly flock: string; readonly diagnostics: readonly Diagnostic[] }[],
  ): void => {
    for (const { flock, diagnostics } of results)
      said.set(flock, distinct([...(said.get(flock) ?? []), ...diagnostics]));
  };
  say(compiler.targets);
  for (const region of sampleOf(compiler.targets)) {
    const { flocks: there, forecast } = compiler.region(region);
    say(there);
    say(forecast.flocks);
  }
  const diagnostics = [...said.values()].flat();
  const errors = diagnostics.filter((d) => d.severity === 'error').length;
  out.result({
    flocks: [...said].map(([name, found]) => ({ name, diagnostics: found })),
    regionData: warnings,
  });
  printDiagnostics(out, [...warnings, ...diagnostics], io.cwd);
  if (diagnostics.length === 0) out.line(`${flocks.length} flocks: nothing to say`);
  out.next(
    diagnostics.length === 0
      ? `cios graph --region-data ${options.regionData} --flocks ${options.flocks}`
      : 'mend what stands above, and lint again',
  );
  return errors > 0 ? 1 : 0;
}

/** Regions such that every flock with targets is compiled in one of them: authors write one config for all. */
function sampleOf(
  flocks: readonly { readonly targets: readonly { readonly region: string }[] }[],
): readonly string[] {
  const sample = new Set<string>();
  for (const { targets } of flocks)
    if (targets.length > 0 && !targets.some((t) => sample.has(t.region))) sample.add(targets[0]!.region);
  return [...sample];
}

function distinct(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const key = ({ summary, detail, subject }: Diagnostic) =>
    JSON.stringify([summary, detail, subject?.filename, subject?.start.byte]);
  return [...new Map(diagnostics.map((d) => [key(d), d])).values()];
}

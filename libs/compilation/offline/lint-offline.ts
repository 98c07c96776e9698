import { type SourceRange } from '#libs/kernel';
import { type RegionDataDocument } from '#libs/region-data/contract';
import {
  literalRegions,
  nearMissStates,
  selectByAttributes,
  unusedLocals,
  type LintFinding,
} from '../domain/lint/index.js';
import { distinctDiagnostics } from '../domain/diagnostics.js';
import { OfflineCompiler, parseFlocks, type OfflineFlock } from './compile-offline.js';

export interface LintInput {
  readonly flocks: readonly OfflineFlock[];
  /** Without it the texts alone are judged: what names a region literally is then known by its place and form only. */
  readonly regionData?: RegionDataDocument;
  readonly lenient?: boolean;
}

export interface LintedFlock {
  readonly name: string;
  readonly diagnostics: readonly (LintFinding & {
    /** The lines that it is about. */
    readonly snippet?: string;
  })[];
}

/** All that can be said of each flock, in the order of the input: what compilation says, and what a reviewer would. */
export function lintOffline({ flocks, regionData, lenient = false }: LintInput): readonly LintedFlock[] {
  const compiler =
    regionData === undefined ? undefined : new OfflineCompiler({ regionData, flocks, lenient });
  const parsed = compiler?.parsed ?? parseFlocks({ flocks, lenient }).map((p) => p.parsed);
  const said = new Map<number, LintFinding[]>(
    parsed.map((flock, i) => [
      i,
      compiler === undefined ? [...flock.diagnostics, ...literalRegions(flock)] : [],
    ]),
  );
  const say = (results: readonly { readonly diagnostics: readonly LintFinding[] }[]): void => {
    results.forEach(({ diagnostics }, i) => said.get(i)!.push(...diagnostics));
  };
  if (compiler !== undefined) {
    say(compiler.targets);
    for (const region of sampleOf(compiler.targets)) {
      const { flocks: actual, forecast } = compiler.region(region);
      say(actual);
      for (const flock of forecast.flocks)
        said.get(parsed.findIndex((p) => p.name === flock.flock))?.push(...flock.diagnostics);
    }
  }
  return parsed.map((flock, i) => ({
    name: flock.name,
    diagnostics: distinctDiagnostics([...said.get(i)!, ...nearMissStates(flock), ...unusedLocals(flock)]).map(
      (d) => complete(d, flocks[i]!),
    ),
  }));
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

function complete(
  finding: LintFinding,
  { files, prefix = '' }: OfflineFlock,
): LintedFlock['diagnostics'][number] {
  const { subject, code } = finding;
  const bytes = subject && files.get(subject.filename.slice(prefix.length));
  return {
    ...finding,
    ...(code === 'hard-coded-region' && { fix: selectByAttributes }),
    ...(bytes && { snippet: linesOf(new TextDecoder().decode(bytes), subject) }),
  };
}

const linesOf = (text: string, { start, end }: SourceRange): string =>
  text
    .split(/\r?\n/)
    .slice(start.line - 1, end.line)
    .join('\n');

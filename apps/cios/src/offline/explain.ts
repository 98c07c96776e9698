import { OfflineCompiler, type FilterExplained, type OfflineFlock } from '#libs/compilation/offline';
import { refuse, Refused } from '#libs/kernel';
import { type RegionDataDocument } from '#libs/region-data/contract';
import { placeOf, printDiagnostics, type Output } from '../cli/cli.js';

/** `cios compile --explain`. Refuses `cli/unknown-flock`. */
export function explain({
  document,
  flocks,
  options,
  out,
  cwd,
}: {
  readonly document: RegionDataDocument;
  readonly flocks: readonly OfflineFlock[];
  readonly options: { readonly flock?: string; readonly lenient?: boolean };
  readonly out: Output;
  readonly cwd: string;
}): number {
  const compiler = new OfflineCompiler({
    regionData: document,
    flocks,
    lenient: options.lenient === true,
  });
  const chosen = compiler
    .explain()
    .map((explained, i) => ({ ...explained, diagnostics: compiler.targets[i]!.diagnostics }))
    .filter(({ flock }) => options.flock === undefined || flock === options.flock);
  if (chosen.length === 0)
    throw new Refused(
      refuse('cli/unknown-flock', `there is no flock "${options.flock}"`, {
        fix: `name one of ${compiler.parsed.map((p) => p.name).join(', ')}`,
      }),
    );
  out.result({ flocks: chosen });
  for (const { flock, blocks, diagnostics } of chosen) {
    out.line(out.color.bold(flock));
    for (const { address, range, repetition, filters, targets } of blocks) {
      out.line(`  ${address}  ${out.color.dim(placeOf(range))}`);
      if (repetition === null) out.line('    neither count nor for_each: one');
      else
        out.line(
          `    ${repetition.by} = ${repetition.expression}  →  ${repetition.keys.length}${
            repetition.by === 'for_each' && repetition.keys.length > 0 ? `: ${few(repetition.keys)}` : ''
          }`,
        );
      for (const filter of filters) printFilter(filter, out);
      out.line(`    targets: ${targets.length === 0 ? 'none' : ''}`);
      for (const { name, region, environment, phase } of targets)
        out.line(`      ${name} in ${region} (${environment}${phase === null ? '' : `, phase ${phase}`})`);
    }
    if (blocks.length === 0) out.line('  no execution_target block that compiles');
    printDiagnostics(out, diagnostics, cwd);
    out.line();
  }
  return chosen.some((c) => c.diagnostics.some((d) => d.severity === 'error')) ? 1 : 0;
}

/** Entries of the same values fare the same: one line for all of them. */
function printFilter(
  { in: where, range, collection, condition, entries }: FilterExplained,
  out: Output,
): void {
  out.line(`    ${where}: ${collection} if ${condition}  ${out.color.dim(placeOf(range))}`);
  const alike = new Map<string, string[]>();
  for (const { entry, passed, reads } of entries) {
    const verdict = passed === null ? 'unknown' : passed ? 'passed' : 'left out';
    const values = reads.map(({ read, value }) => `${read} = ${short(JSON.stringify(value))}`).join(', ');
    const key = `${verdict}${values === '' ? '' : ` by ${values}`}`;
    alike.set(key, [...(alike.get(key) ?? []), entry]);
  }
  if (entries.length === 0) out.line('      no entries');
  for (const [key, names] of [...alike].sort(
    ([a], [b]) => Number(b.startsWith('passed')) - Number(a.startsWith('passed')),
  ))
    out.line(`      ${key}: ${names.length === 1 ? names[0]! : `${names.length}: ${few(names)}`}`);
}

const short = (text: string): string => (text.length <= 80 ? text : `${text.slice(0, 79)}…`);

const few = (names: readonly (string | number)[]): string =>
  names.length <= 6 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;

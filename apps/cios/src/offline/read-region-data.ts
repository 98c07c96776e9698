import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { refuse, Refused, type Diagnostic } from '#libs/kernel';
import { type RegionDataDocument } from '#libs/region-data/contract';

/** Region data of `--region-data FILE`. Refuses `region-data/invalid` with every error and its place. */
export async function readRegionData(
  file: string | undefined,
  cwd: string,
): Promise<{ readonly document: RegionDataDocument; readonly warnings: readonly Diagnostic[] }> {
  if (file === undefined)
    throw new Refused(
      refuse('cli/missing-option', 'nothing says which region data to use', {
        fix: 'name them with --region-data FILE',
      }),
    );
  const text = readFileSync(resolve(cwd, file), 'utf8');
  const { documentToRegionData } = await import('#libs/region-data/document');
  const { document, diagnostics } = documentToRegionData(text, file);
  if (document) return { document, warnings: diagnostics };
  throw invalid(file, diagnostics);
}

function invalid(file: string, diagnostics: readonly Diagnostic[]): Refused {
  const errors = diagnostics.filter((d) => d.severity === 'error');
  const [first] = errors;
  const at = first?.subject ? `:${first.subject.start.line}:${first.subject.start.column}` : '';
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more errors)` : '';
  return new Refused(
    refuse('region-data/invalid', `${file}${at}: ${first?.summary ?? 'it is not region data'}${more}`, {
      fix: first?.detail ?? 'see docs/cli.md, "The region-data document"',
      details: { diagnostics: errors },
    }),
  );
}

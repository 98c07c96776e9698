import { type Diagnostic } from '#libs/kernel';

/** Each once, errors first, in the order in which they were found: many instances say the same of one expression. */
export function distinctDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  if (diagnostics.length < 2) return diagnostics;
  const seen = new Map<string, Diagnostic>();
  for (const d of diagnostics) {
    const key = `${d.severity}\n${d.code ?? d.summary}\n${d.detail}\n${d.subject?.filename ?? ''}\n${d.subject?.start.byte ?? ''}`;
    if (!seen.has(key)) seen.set(key, d);
  }
  const each = [...seen.values()];
  return [...each.filter((d) => d.severity === 'error'), ...each.filter((d) => d.severity !== 'error')];
}

/** What a diagnostic says, without where: the same result is the same wherever in its file it is written. */
export function unplaced({
  severity,
  code,
  summary,
  detail,
}: Diagnostic): Pick<Diagnostic, 'severity' | 'code' | 'summary' | 'detail'> {
  return { severity, summary, detail, ...(code === undefined ? {} : { code }) };
}

/** A copy for digests, without the range that a phase, target, resource or reference stands at. */
export function withoutRange<T extends { readonly range: unknown }>({
  range: _,
  ...rest
}: T): Omit<T, 'range'> {
  return rest;
}

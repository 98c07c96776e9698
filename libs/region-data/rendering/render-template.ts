import { fromJs, parseTemplate, Scope, toJson, type HclFunction } from '#libs/hcl';
import { hasErrors, refuse, type Diagnostic, type Refusal } from '#libs/kernel';
import { injectRegion, injectSubsets, type RegionDataDocument } from '../contract/index.js';

export interface Rendered {
  /** A text; where the template is one interpolation alone, the value itself. */
  readonly result: unknown;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Injects region data into any text with `${local.…}` (RD-15), with the same values that flock configs see; with `region` also
 * `local.region` and `local.realm`. O(region data + template).
 */
export function renderTemplate(
  template: string,
  document: RegionDataDocument,
  options: { readonly region?: string; readonly functions?: ReadonlyMap<string, HclFunction> } = {},
): Rendered | Refusal {
  const locals: Record<string, unknown> = { ...injectSubsets(document) };
  if (options.region !== undefined) {
    const entry = document.regions.find(
      (r) => r.internal_name === options.region || r.public_name === options.region,
    );
    const here = entry && injectRegion(document, entry.internal_name);
    if (!here) {
      return refuse('region/unknown', `there is no region "${options.region}" to render for`, {
        fix: 'name a region that exists and is not deprecated',
      });
    }
    Object.assign(locals, here);
  }
  const { expression, diagnostics } = parseTemplate(template, 'template');
  if (hasErrors(diagnostics)) return invalid(diagnostics);
  const scope = new Scope({
    variables: { local: fromJs(locals) },
    functions: options.functions ?? new Map<string, HclFunction>(),
  });
  const evaluated = expression.evaluate(scope);
  const all = [...diagnostics, ...evaluated.diagnostics];
  return hasErrors(all) ? invalid(all) : { result: toJson(evaluated.value), diagnostics: all };
}

function invalid(diagnostics: readonly Diagnostic[]): Refusal {
  const first = diagnostics.find((d) => d.severity === 'error');
  const at = first?.subject
    ? ` (line ${first.subject.start.line}, column ${first.subject.start.column})`
    : '';
  return refuse('template/invalid', `the template${at}: ${first?.summary ?? 'cannot be rendered'}`, {
    fix: first?.detail ?? 'mend the template',
    details: { diagnostics },
  });
}

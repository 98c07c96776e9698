/** A place in a source text. `line` and `column` count from 1 (column in grapheme clusters), `byte` is a UTF-8 offset from 0. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
  readonly byte: number;
}

/** Half-open: `end` is the first position after the range. */
export interface SourceRange {
  readonly filename: string;
  readonly start: SourcePosition;
  readonly end: SourcePosition;
}

/** What analysis or compilation has to say about a text: what is wrong, why, and how to mend it (in `detail`). */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  /** Stable, for machines: `hcl/unknown-variable`, `flock/missing-owners`. */
  readonly code?: string;
  readonly summary: string;
  readonly detail: string;
  /** The text that is wrong. */
  readonly subject?: SourceRange;
  /** A wider range that helps to understand `subject`. */
  readonly context?: SourceRange;
  /** Other places that matter: the first definition, the cause in another file. */
  readonly related?: readonly { readonly message: string; readonly range: SourceRange }[];
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((d) => d.severity === 'error');
}

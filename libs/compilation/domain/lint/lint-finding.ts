import { type Diagnostic } from '#libs/kernel';

/** A diagnostic with its remedy also by itself, where there is one sentence for it. */
export interface LintFinding extends Diagnostic {
  readonly fix?: string;
}

import { type Diagnostic, type Json } from '#libs/kernel';
import { type Path, type SourceText } from './source-text.js';

/** Collects what is wrong with a document, each with its place. */
export class DocumentProblems {
  readonly diagnostics: Diagnostic[] = [];

  constructor(private readonly source: SourceText) {}

  error(code: string, path: Path, summary: string, detail: string): void {
    this.#add('error', code, path, summary, detail);
  }

  warning(code: string, path: Path, summary: string, detail: string): void {
    this.#add('warning', code, path, summary, detail);
  }

  /** The member as a text that is not empty; undefined, and an error, where it is none. */
  text(entry: Readonly<Record<string, Json>>, path: Path, member: string): string | undefined {
    const value = entry[member];
    if (typeof value === 'string' && value !== '') return value;
    this.error(
      'region-data/missing-attribute',
      value === undefined ? path : [...path, member],
      `"${member}" must be a text`,
      `${pointer(path)} ${value === undefined ? 'lacks it' : `has ${JSON.stringify(value)}`}. Write \`${member}\` with a text that is not empty.`,
    );
    return undefined;
  }

  #add(severity: Diagnostic['severity'], code: string, path: Path, summary: string, detail: string): void {
    this.diagnostics.push({ severity, code, summary, detail, subject: this.source.rangeOf(path) });
  }
}

/** RFC 6901. */
export function pointer(path: Path): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('') || '/';
}

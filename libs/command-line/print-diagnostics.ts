import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  editorDiagnostic,
  renderDiagnostic,
  type EditorDiagnostic,
  type RenderOptions,
  type Sources,
} from '#libs/hcl/render';
import { type Diagnostic, type SourceRange } from '#libs/kernel';
import { type Output } from './output.js';

/** How editors and build services take diagnostics. */
export type DiagnosticFormat = (typeof diagnosticFormats)[number];
export const diagnosticFormats = ['lines', 'github', 'editor'] as const;

/**
 * Each diagnostic with its place, the lines that it is about, how to mend it and the other places that matter; in their order. In a
 * `format` nothing is written around them: `lines` has `FILE:LINE:COLUMN: SEVERITY: …`, the other places as notes; `github` workflow commands; `editor`
 * one JSON list with what a language server publishes of each file.
 */
export function printDiagnostics(
  out: Output,
  diagnostics: readonly Diagnostic[],
  cwd: string,
  format?: DiagnosticFormat,
): void {
  const texts = new Map<string, Uint8Array | undefined>();
  const textOf = (filename: string): Uint8Array | undefined => {
    if (!texts.has(filename)) {
      const path = resolve(cwd, filename);
      texts.set(filename, existsSync(path) ? readFileSync(path) : undefined);
    }
    return texts.get(filename);
  };
  const sorted = [...diagnostics].sort(byPlace);
  if (format === 'editor') {
    out.raw(`${JSON.stringify(editorDiagnostics(sorted, textOf, cwd))}\n`);
    return;
  }
  const style = diagnosticStyle(out);
  for (const diagnostic of sorted)
    if (format === 'lines') out.raw(linesOf(diagnostic));
    else if (format === 'github') out.raw(`${workflowCommand(diagnostic)}\n`);
    else {
      out.line();
      out.line(renderDiagnostic(diagnostic, textOf, style).trimEnd());
    }
}

function linesOf({ severity, code, summary, detail, subject, related = [] }: Diagnostic): string {
  const line = (range: SourceRange | undefined, said: string): string =>
    `${range === undefined ? '' : `${placeOf(range)}: `}${said.replaceAll(/\s+/g, ' ')}\n`;
  return [
    line(subject, `${severity}: ${summary}: ${detail}${code === undefined ? '' : ` [${code}]`}`),
    ...related.map(({ message, range }) => line(range, `note: ${message}`)),
  ].join('');
}

function workflowCommand({ severity, summary, detail, subject }: Diagnostic): string {
  const escaped = (text: string): string => text.replaceAll(/[%\r\n]/g, (c) => encodeURIComponent(c));
  const property = (text: string | number): string =>
    escaped(String(text)).replaceAll(/[:,]/g, (c) => encodeURIComponent(c));
  const { start, end } = subject ?? {};
  const properties = Object.entries({
    file: subject?.filename,
    line: start?.line,
    col: start?.column,
    endLine: end?.line,
    endColumn: end?.column,
    title: summary,
  }).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${property(value)}`]));
  return `::${severity} ${properties.join(',')}::${escaped(detail)}`;
}

/** Those without a place are of the folder in which the command ran. */
function editorDiagnostics(diagnostics: readonly Diagnostic[], sources: Sources, cwd: string): unknown {
  const uriOf = (filename: string): string => pathToFileURL(resolve(cwd, filename)).href;
  const byUri = new Map<string, EditorDiagnostic[]>();
  for (const diagnostic of diagnostics) {
    const uri = uriOf(diagnostic.subject?.filename ?? '.');
    byUri.set(uri, [...(byUri.get(uri) ?? []), editorDiagnostic(diagnostic, sources, uriOf)]);
  }
  return [...byUri].map(([uri, published]) => ({ uri, diagnostics: published }));
}

/** How diagnostics look where a command prints. */
export function diagnosticStyle(out: Output): RenderOptions {
  return { color: out.color.isColorSupported, columns: Math.min(out.columns, 120) - 2 };
}

/** Those without a place first; one file after the other, each from its top. */
function byPlace({ subject: a }: Diagnostic, { subject: b }: Diagnostic): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  if (a.filename !== b.filename) return a.filename < b.filename ? -1 : 1;
  return a.start.byte - b.start.byte;
}

export function placeOf({ filename, start }: SourceRange): string {
  return `${filename}:${start.line}:${start.column}`;
}

import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { renderDiagnostic, type RenderOptions } from '#libs/hcl/render';
import { type Diagnostic, type SourceRange } from '#libs/kernel';
import { type Output } from './output.js';

/** Each diagnostic with its place, the lines that it is about, how to mend it and the other places that matter; in their order. */
export function printDiagnostics(out: Output, diagnostics: readonly Diagnostic[], cwd: string): void {
  const texts = new Map<string, Uint8Array | undefined>();
  const textOf = (filename: string): Uint8Array | undefined => {
    if (!texts.has(filename)) {
      const path = resolve(cwd, filename);
      texts.set(filename, existsSync(path) ? readFileSync(path) : undefined);
    }
    return texts.get(filename);
  };
  const style = diagnosticStyle(out);
  for (const diagnostic of [...diagnostics].sort(byPlace)) {
    out.line();
    out.line(renderDiagnostic(diagnostic, textOf, style).trimEnd());
  }
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

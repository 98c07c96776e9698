import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Diagnostic, type SourceRange } from '#libs/kernel';
import { type Output } from './output.js';

/** Each diagnostic with its place, the line that it is about, and how to mend it. */
export function printDiagnostics(out: Output, diagnostics: readonly Diagnostic[], cwd: string): void {
  const texts = new Map<string, readonly string[]>();
  for (const { severity, summary, detail, subject } of diagnostics) {
    const label = severity === 'error' ? out.color.red('error:') : out.color.yellow('warning:');
    out.line();
    out.line(`${label} ${out.color.bold(summary)}`);
    if (subject) printRange(out, subject, texts, cwd);
    for (const line of wrapped(detail, Math.min(out.columns, 120) - 2)) out.line(`  ${line}`);
  }
}

export function placeOf({ filename, start }: SourceRange): string {
  return `${filename}:${start.line}:${start.column}`;
}

function printRange(
  out: Output,
  range: SourceRange,
  texts: Map<string, readonly string[]>,
  cwd: string,
): void {
  out.line(`  ${out.color.dim(placeOf(range))}`);
  let lines = texts.get(range.filename);
  if (!lines) {
    const path = resolve(cwd, range.filename);
    lines = existsSync(path) ? readFileSync(path, 'utf8').split(/\r?\n/) : [];
    texts.set(range.filename, lines);
  }
  const line = lines[range.start.line - 1];
  if (line !== undefined) out.line(`  ${out.color.dim(`${range.start.line} |`)} ${line}`);
}

export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && line.length + word.length >= width) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines;
}

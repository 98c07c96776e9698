import { type SourceRange } from '../../kernel/diagnostic.js';

/** `file:3,5-9`, as messages say it. */
export function rangeText({ filename, start, end }: SourceRange): string {
  const to = start.line === end.line ? `${end.column}` : `${end.line},${end.column}`;
  return `${filename}:${start.line},${start.column}-${to}`;
}

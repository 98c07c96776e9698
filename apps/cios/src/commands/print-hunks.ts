import { type Output } from '../cli/cli.js';

interface Hunk {
  readonly kind: 'same' | 'removed' | 'added';
  readonly lines: readonly string[];
}

/** Lines that went and came; of what stayed, only what stands beside a change. */
export function printHunks(out: Output, hunks: readonly Hunk[]): void {
  for (const { kind, lines } of hunks) {
    const paint = kind === 'added' ? out.color.green : kind === 'removed' ? out.color.red : out.color.dim;
    const sign = kind === 'added' ? '+' : kind === 'removed' ? '-' : ' ';
    const shown =
      kind === 'same' && lines.length > 6 ? [...lines.slice(0, 2), '…', ...lines.slice(-2)] : lines;
    for (const line of shown) out.line(paint(`${sign} ${line}`));
  }
}

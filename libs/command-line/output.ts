import { createColors } from 'picocolors';
import { type Failure } from './failure.js';
import { type Io } from './io.js';

type Cell = string | number | bigint | boolean | null | undefined;

/**
 * What a command prints. With `json` only `result` (and, on standard error, `progress`) prints; without it everything else does.
 * Colours are codes only where the terminal has them.
 */
export class Output {
  readonly color: ReturnType<typeof createColors>;

  constructor(
    private readonly io: Io,
    readonly json: boolean,
  ) {
    this.color = createColors(io.color && !json);
  }

  get isTerminal(): boolean {
    return this.io.isTerminal;
  }

  get columns(): number {
    return this.io.columns;
  }

  line(text = ''): void {
    if (!this.json) this.io.out(`${text}\n`);
  }

  /** One line of JSON, with `json` only. */
  result(value: unknown): void {
    if (this.json) this.io.out(`${JSON.stringify(value, plain)}\n`);
  }

  /** Bytes as they are, with or without `json`: a document that was asked for. */
  raw(text: string): void {
    this.io.out(text);
  }

  /** What happens meanwhile: never part of the answer. */
  progress(text: string): void {
    if (this.json) this.io.err(`${text}\n`);
    else this.io.out(`${text}\n`);
  }

  /** Columns under dim heads, without a frame; nothing where there are no rows. */
  async table(heads: readonly string[], rows: readonly (readonly Cell[])[]): Promise<void> {
    if (this.json || rows.length === 0) return;
    const { default: Table } = await import('cli-table3');
    const none = Object.fromEntries(frame.map((part) => [part, '']));
    const table = new Table({
      head: heads.map((head) => this.color.dim(head)),
      chars: { ...none, middle: '  ' },
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    });
    for (const row of rows) table.push(row.map((cell) => cellText(cell)));
    this.io.out(`${table.toString().replaceAll(/[ ]+$/gm, '')}\n`);
  }

  /** What to do next; each as a command, or as a sentence. */
  next(...hints: readonly string[]): void {
    if (this.json || hints.length === 0) return;
    this.line();
    for (const [i, hint] of hints.entries())
      this.line(`${i === 0 ? this.color.bold('next:') : '     '} ${hint}`);
  }

  failure({ code, message, fix, details }: Failure): void {
    if (this.json) {
      this.io.out(`${JSON.stringify({ code, message, fix, details }, plain)}\n`);
      return;
    }
    this.io.err(`${this.color.red('refused:')} ${message} ${this.color.dim(`(${code})`)}\n`);
    if (fix !== undefined) this.io.err(`${this.color.bold('next:')} ${fix}\n`);
  }
}

const frame = [
  'top',
  'top-mid',
  'top-left',
  'top-right',
  'bottom',
  'bottom-mid',
  'bottom-left',
  'bottom-right',
  'left',
  'left-mid',
  'mid',
  'mid-mid',
  'right',
  'right-mid',
];

const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

function cellText(cell: Cell): string {
  return cell === null || cell === undefined || cell === '' ? '-' : String(cell);
}

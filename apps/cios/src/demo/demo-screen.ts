import { type Output } from '../cli/cli.js';
import { bar } from '../commands/build/watch-build.js';

/** What the demo shows: acts, commands in the form that repeats them, events as they happen, and on a terminal one line that lives. */
export class DemoScreen {
  #status = '';

  constructor(
    private readonly out: Output,
    private readonly write: (text: string) => void,
  ) {}

  act(number: number, title: string): void {
    this.line();
    this.line(this.out.color.bold(`${number}  ${title}`));
  }

  /** `words` after `cios`. */
  command(words: string): void {
    this.line(`   ${this.out.color.cyan(`$ cios ${words}`)}`);
  }

  told(text: string): void {
    this.line(`     ${text}`);
  }

  /** `seconds` since the build began. */
  event(seconds: number, kind: string, text: string): void {
    const paint = kind === 'state' ? this.out.color.bold : (plain: string) => plain;
    this.line(
      `   ${this.out.color.dim(`${seconds.toFixed(1).padStart(6)} s`)}  ${paint(`${kind.padEnd(10)}  ${text}`)}`,
    );
  }

  progress(done: number, total: number, what: string): void {
    if (!this.#isLive) return;
    const text = `   ${bar(done, total, 32)}  ${done} of ${total}  ${what}`.slice(0, this.out.columns - 1);
    if (text === this.#status) return;
    this.write(`\r\x1b[K${text}`);
    this.#status = text;
  }

  clear(): void {
    if (this.#status !== '') this.write('\r\x1b[K');
    this.#status = '';
  }

  line(text = ''): void {
    const status = this.#status;
    this.clear();
    this.out.progress(text);
    if (status === '') return;
    this.write(status);
    this.#status = status;
  }

  get #isLive(): boolean {
    return this.out.isTerminal && !this.out.json;
  }
}

import { type Io } from '../io.js';
import { run, type Program } from '../run.js';

export interface Captured {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Standard output as one JSON value. */
  readonly json: <T = unknown>() => T;
}

/** Runs a command line in this process and keeps what it prints. */
export async function captured<C>(
  program: Program<C>,
  args: readonly string[],
  given: Partial<Omit<Io, 'input'>> & { readonly input?: string } = {},
): Promise<Captured> {
  let [out, err] = ['', ''];
  const { input = '', ...io } = given;
  const code = await run(program, args, {
    out: (text) => (out += text),
    err: (text) => (err += text),
    input: (async function* () {
      yield Buffer.from(input);
    })(),
    isTerminal: false,
    columns: 100,
    color: false,
    env: {},
    cwd: process.cwd(),
    ...io,
  });
  return { code, out, err, json: <T>() => JSON.parse(out) as T };
}

/** What a command sees of the process that runs it: tests give their own. */
export interface Io {
  out(text: string): void;
  err(text: string): void;
  /** Standard input as bytes. */
  readonly input: AsyncIterable<Uint8Array>;
  readonly isTerminal: boolean;
  /** Width of the terminal in columns. */
  readonly columns: number;
  readonly color: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Paths in arguments are relative to it. */
  readonly cwd: string;
}

export function processIo(): Io {
  const { stdout, stderr, stdin, env } = process;
  // A reader that has gone (`cios … | head`) is no fault of the command.
  for (const stream of [stdout, stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    input: stdin,
    isTerminal: stdout.isTTY,
    columns: stdout.columns || 80,
    color: stdout.isTTY && env['NO_COLOR'] === undefined && env['TERM'] !== 'dumb',
    env,
    cwd: process.cwd(),
  };
}

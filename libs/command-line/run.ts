import { Command, CommanderError } from 'commander';
import { Cli, type CommandEntry, type CommonOptions } from './cli.js';
import { failureOf, type Failure } from './failure.js';
import { type Io } from './io.js';
import { Output } from './output.js';

/** A command line: `cios`, or another program of the same kind. */
export interface Program<Connection> {
  readonly name: string;
  readonly description: string;
  readonly version: string;
  readonly commands: readonly CommandEntry<Connection>[];
  readonly connect: (options: CommonOptions, io: Io) => Promise<Connection>;
}

/** Runs a command line to its end and answers with its exit status. Loads only the command that is called. Never throws. */
export async function run<Connection>(
  { name, description, version, commands, connect }: Program<Connection>,
  args: readonly string[],
  io: Io,
): Promise<number> {
  const cli = new Cli<Connection>(io, connect);
  let usage = '';
  const program = new Command(name)
    .description(description)
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        io.out(text);
      },
      writeErr: (text) => (usage += text),
    })
    .configureHelp({ helpWidth: Math.min(io.columns, 120) });
  try {
    const called = args.find((arg) => !arg.startsWith('-'));
    for (const entry of commands) {
      if (entry.name === called) (await entry.load())(program, cli);
      else program.command(entry.name).description(entry.summary);
    }
    await program.parseAsync(args.length === 0 ? ['--help'] : [...args], { from: 'user' });
    return cli.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const failure = error instanceof CommanderError ? misuse(name, error, args, usage) : failureOf(error);
    if (io.env['CIOS_TRACE'] !== undefined && error instanceof Error) io.err(`${error.stack ?? ''}\n`);
    new Output(io, args.includes('--json')).failure(failure);
    return 1;
  }
}

/** What commander objects to, told as a refusal. */
function misuse(program: string, error: CommanderError, args: readonly string[], usage: string): Failure {
  const [called = ''] =
    error.code === 'commander.unknownCommand' ? [] : args.filter((arg) => !arg.startsWith('-'));
  const fix = `see: ${program} ${called === '' ? '' : `${called} `}--help`;
  if (error.code === 'commander.help') {
    const known = [...usage.matchAll(/^ {2}([a-z][a-z-]*)\b/gm)].map(([, name]) => name ?? '');
    return {
      code: 'cli/missing-command',
      message: `${program} ${called} what? There are: ${known.join(', ')}`,
      fix,
    };
  }
  const code = error.code.replace('commander.', '').replaceAll(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
  return { code: `cli/${code}`, message: error.message.replace(/^error: /, '').replaceAll('\n', ' '), fix };
}

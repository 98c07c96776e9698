import { Command, CommanderError } from 'commander';
import { commands } from '../commands/index.js';
import { Cli } from './cli.js';
import { failureOf, type Failure } from './failure.js';
import { type Io } from './io.js';
import { Output } from './output.js';

/** Runs the command line to its end and answers with its exit status. Loads only the command that is called. Never throws. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const cli = new Cli(io);
  let usage = '';
  const program = new Command('cios')
    .description('Cloud Infrastructure Orchestration Service: brings up whole cloud regions.')
    .version('0.1.0', '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: (text) => (usage += text) })
    .configureHelp({ helpWidth: Math.min(io.columns, 120) });
  try {
    const called = args.find((arg) => !arg.startsWith('-'));
    for (const { name, summary, load } of commands) {
      if (name === called) (await load())(program, cli);
      else program.command(name).description(summary);
    }
    await program.parseAsync(args.length === 0 ? ['--help'] : [...args], { from: 'user' });
    return cli.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const failure = error instanceof CommanderError ? misuse(error, args, usage) : failureOf(error);
    if (io.env['CIOS_TRACE'] !== undefined && error instanceof Error) io.err(`${error.stack ?? ''}\n`);
    new Output(io, args.includes('--json')).failure(failure);
    return 1;
  }
}

/** What commander objects to, told as a refusal. */
function misuse(error: CommanderError, args: readonly string[], usage: string): Failure {
  const command = args
    .filter((arg) => !arg.startsWith('-'))
    .slice(0, 1)
    .join(' ');
  const fix = `see: cios ${command === '' ? '' : `${command} `}--help`;
  if (error.code === 'commander.help') {
    const known = [...usage.matchAll(/^ {2}([a-z][a-z-]*)\b/gm)].map(([, name]) => name ?? '');
    return {
      code: 'cli/missing-command',
      message: `cios ${command} what? There are: ${known.join(', ')}`,
      fix,
    };
  }
  const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
  return {
    code: `cli/${error.code.replace('commander.', '').replaceAll(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`,
    message,
    fix,
  };
}

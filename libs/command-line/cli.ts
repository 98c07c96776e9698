import { type Command, Option } from 'commander';
import { type Io } from './io.js';
import { Output } from './output.js';
import { diagnosticFormats } from './print-diagnostics.js';

/** Options that many commands have in common. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly data?: string;
  readonly url?: string;
  readonly token?: string;
  readonly ticket?: string;
  readonly idempotencyKey?: string;
  readonly correlation?: string;
}

/** One run of a command. */
export interface Invocation<Options = CommonOptions, Connection = unknown> {
  readonly args: readonly string[];
  readonly options: Options & CommonOptions;
  readonly out: Output;
  readonly io: Io;
  /** To what the options name. */
  readonly connect: () => Promise<Connection>;
  /** What a change bears, from the options. */
  readonly change: { readonly ticket?: string; readonly key?: string; readonly correlation?: string };
}

/** Adds a command, or a group of them, below its parent. */
export type Register<Connection = unknown> = (parent: Command, cli: Cli<Connection>) => void;

/** A command, or a group of commands, as the help lists it; `load` brings in what it needs. */
export interface CommandEntry<Connection = unknown> {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Register<Connection>>;
}

/** What commands are registered with: it runs their bodies and keeps the exit status. */
export class Cli<Connection = unknown> {
  exitCode = 0;

  constructor(
    readonly io: Io,
    private readonly connector: (options: CommonOptions, io: Io) => Promise<Connection>,
  ) {}

  /** A body as commander wants it. A number that it answers with becomes the exit status. */
  run<Options>(
    body: (invocation: Invocation<Options, Connection>) => Promise<number>,
  ): (...args: unknown[]) => Promise<void> {
    return async (...given) => {
      const command = given.at(-1) as Command;
      const options = command.optsWithGlobals() as unknown as Options & CommonOptions;
      const { io, connector } = this;
      const { ticket, idempotencyKey: key, correlation } = options;
      this.exitCode = await body({
        args: command.processedArgs.flat().filter((arg) => typeof arg === 'string'),
        options,
        io,
        out: new Output(io, options.json === true),
        change: {
          ...(ticket !== undefined && { ticket }),
          ...(key !== undefined && { key }),
          ...(correlation !== undefined && { correlation }),
        },
        connect: () => connector(options, io),
      });
    };
  }
}

/** A command on files alone. */
export function offline(parent: Command, usage: string, summary: string): Command {
  return parent.command(usage).description(summary).option('--json', 'print one JSON value');
}

/** `--format`, of a command that tells diagnostics. */
export function formatOption(): Option {
  return new Option(
    '--format <format>',
    'nothing but the diagnostics: FILE:LINE:COLUMN lines, GitHub annotations, or as a language server publishes them',
  )
    .choices(diagnosticFormats)
    .conflicts(['json', 'explain']);
}

/** Collects an option that may stand several times. */
export function repeated(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

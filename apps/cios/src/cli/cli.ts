import { type Command } from 'commander';
import { type Client } from './client.js';
import { findInstallation, type InstallationOptions } from './installation.js';
import { type Io } from './io.js';
import { Output } from './output.js';

/** Options that many commands have in common. */
export interface CommonOptions extends InstallationOptions {
  readonly json?: boolean;
  readonly ticket?: string;
  readonly idempotencyKey?: string;
}

/** One run of a command. */
export interface Invocation<Options = CommonOptions> {
  readonly args: readonly string[];
  readonly options: Options & CommonOptions;
  readonly out: Output;
  readonly io: Io;
  /** The installation that the options name. */
  connect(): Promise<Client>;
  /** What a change bears, from the options. */
  readonly change: { readonly ticket?: string; readonly key?: string };
}

/** Adds a command, or a group of them, below its parent. */
export type Register = (parent: Command, cli: Cli) => void;

/** What commands are registered with: it runs their bodies and keeps the exit status. */
export class Cli {
  exitCode = 0;

  constructor(readonly io: Io) {}

  /** A body as commander wants it. A number that it answers with becomes the exit status. */
  run<Options>(
    body: (invocation: Invocation<Options>) => Promise<number | undefined>,
  ): (...args: unknown[]) => Promise<void> {
    return async (...given) => {
      const command = given.at(-1) as Command;
      const options = command.optsWithGlobals() as unknown as Options & CommonOptions;
      const { io } = this;
      const { ticket, idempotencyKey: key } = options;
      this.exitCode =
        (await body({
          args: command.processedArgs.flat().filter((arg) => typeof arg === 'string'),
          options,
          io,
          out: new Output(io, options.json === true),
          change: { ...(ticket !== undefined && { ticket }), ...(key !== undefined && { key }) },
          async connect() {
            const { Client } = await import('./client.js');
            return new Client(findInstallation(options, io));
          },
        })) ?? 0;
    };
  }
}

/** A command on files alone. */
export function offline(parent: Command, usage: string, summary: string): Command {
  return parent.command(usage).description(summary).option('--json', 'print one JSON value');
}

/** A command that asks a running installation. */
export function online(parent: Command, usage: string, summary: string): Command {
  return offline(parent, usage, summary)
    .option('--data <dir>', 'folder of the installation (default: .cios/data)')
    .option('--url <url>', 'address of the installation')
    .option('--token <token>', 'who you are to it');
}

/** A command that changes something in a running installation. */
export function change(parent: Command, usage: string, summary: string): Command {
  return online(parent, usage, summary)
    .option('--ticket <ticket>', 'change ticket that covers it')
    .option('--idempotency-key <key>', 'the same key again is answered with the first result');
}

/** Collects an option that may stand several times. */
export function repeated(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

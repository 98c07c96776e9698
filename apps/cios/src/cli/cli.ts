import { type Command } from 'commander';
import {
  type CommandEntry as Entry,
  type CommonOptions,
  type Invocation as Run,
  offline,
  type Register as Registers,
} from '#libs/command-line';
import { type Client } from './client.js';

export {
  type DiagnosticFormat,
  diagnosticStyle,
  formatOption,
  group,
  jsonOrText,
  keyValues,
  linesOf,
  offline,
  type Output,
  placeOf,
  printDiagnostics,
  repeated,
} from '#libs/command-line';
export { wrapped } from '#libs/hcl/render';

export type Register = Registers<Client>;
export type CommandEntry = Entry<Client>;
export type Invocation<Options = CommonOptions> = Run<Options, Client>;

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
    .option('--idempotency-key <key>', 'the same key again is answered with the first result')
    .option('--correlation <id>', 'what it belongs to, for who later asks what followed from what');
}

import { type Command } from 'commander';
import { type Io } from '#libs/command-line';
import { offline } from '../../cli/cli.js';
import { defaultData } from '../../cli/installation.js';

/** A command on the folder of an installation: named as an argument, or with `--data` as everywhere. */
export function onFolder(parent: Command, usage: string, summary: string): Command {
  return offline(parent, usage, summary).option('--data <dir>', 'the same as DIR (default: .cios/data)');
}

/** As it was named, for people to read. */
export function folderOf(named: string | undefined, data: string | undefined, io: Io): string {
  return named ?? data ?? io.env['CIOS_DATA'] ?? defaultData;
}

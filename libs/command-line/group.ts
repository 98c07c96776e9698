import { type Register } from './cli.js';

/** A group of commands under one name. */
export function group<Connection>(
  name: string,
  summary: string,
  members: readonly Register<Connection>[],
): Register<Connection> {
  return (program, cli) => {
    const parent = program.command(name).description(summary).helpCommand(false);
    for (const register of members) register(parent, cli);
  };
}

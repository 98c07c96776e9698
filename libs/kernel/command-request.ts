import { type CommandContext } from './metadata.js';

/**
 * A context's command on its way over the command bus: each context's contract has one subclass, each context one handler for it.
 * The way in which contexts send one another commands without knowing one another's deciders. Answered with the stream's revision
 * and position, or rejected with `Refused`.
 */
export abstract class CommandRequest<C> {
  constructor(
    readonly command: C,
    readonly context: CommandContext,
  ) {}
}

/** Answer of every command: where the log stands after it. A repeated command is answered as the first time. */
export interface CommandAnswer {
  readonly revision: bigint;
  readonly position: bigint;
  readonly repeated: boolean;
}

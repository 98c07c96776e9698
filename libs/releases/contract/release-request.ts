import { CommandRequest } from '#libs/kernel';
import { type ReleaseCommand } from './commands.js';

/** Sent over the command bus; carried out by the handler of the releases context. */
export class ReleaseRequest extends CommandRequest<ReleaseCommand> {}

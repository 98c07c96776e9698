import { CommandRequest } from '#libs/kernel';
import { type RegionBuildCommand } from './commands.js';

/** Sent over the command bus; carried out by the handlers of the builds context. */
export class RegionBuildRequest extends CommandRequest<RegionBuildCommand> {}

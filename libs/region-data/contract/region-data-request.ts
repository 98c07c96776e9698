import { CommandRequest } from '#libs/kernel';
import { type RegionDataCommand } from './commands.js';

/** Sent over the command bus; carried out by the handler of the region-data context. */
export class RegionDataRequest extends CommandRequest<RegionDataCommand> {}

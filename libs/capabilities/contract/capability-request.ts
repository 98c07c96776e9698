import { CommandRequest } from '#libs/kernel';
import { type CapabilityCommand } from './events.js';

/** Sent over the command bus; carried out by the handler of the capabilities context. */
export class CapabilityRequest extends CommandRequest<CapabilityCommand> {}

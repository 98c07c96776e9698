import { type Decider } from '#libs/kernel';
import { capabilitiesStream, type CapabilityCommand, type CapabilityEvent } from '../contract/index.js';
import { capabilitiesDecider, type CapabilitiesState } from './capabilities-decider.js';

/** How the store knows a region's capabilities; `id` is the region's internal name. */
export const capabilitiesAggregate: {
  readonly name: string;
  readonly decider: Decider<CapabilityCommand, CapabilitiesState, CapabilityEvent>;
  streamOf(id: string): string;
} = { name: 'capabilities', decider: capabilitiesDecider, streamOf: capabilitiesStream };

import { capabilitiesProjection } from './capabilities-projection.js';
export { capabilitiesProjection, type CapabilityRow } from './capabilities-projection.js';

export const capabilitiesProjections = [capabilitiesProjection];

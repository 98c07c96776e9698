import { realmsProjection } from './realms.js';
import { availabilityDomainsProjection, executionTargetsProjection } from './places.js';
import { regionDataChangesProjection } from './region-data-changes.js';
import { regionsProjection } from './regions.js';
import { subsetsProjection } from './subsets.js';
import { vibesProjection } from './vibes.js';

export {
  availabilityDomainsProjection,
  executionTargetsProjection,
  realmsProjection,
  regionDataChangesProjection,
  regionsProjection,
  subsetsProjection,
  vibesProjection,
};

/** All read models of region data. Their runner reads through imports (`ReadThroughImports`). */
export const regionDataProjections = [
  realmsProjection,
  regionsProjection,
  vibesProjection,
  availabilityDomainsProjection,
  executionTargetsProjection,
  subsetsProjection,
  regionDataChangesProjection,
] as const;

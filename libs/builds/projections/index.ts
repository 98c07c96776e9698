import { buildsProjection } from './builds-projection.js';
import { flockReadinessProjection } from './flock-readiness-projection.js';
export { buildsProjection, buildOfRelease, type BuildRow } from './builds-projection.js';
export { flockReadinessProjection, type FlockReadinessRow } from './flock-readiness-projection.js';

export const buildsProjections = [buildsProjection, flockReadinessProjection];

import { nodesProjection } from './nodes-projection.js';
import { releasesProjection } from './releases-projection.js';
export { nodesProjection } from './nodes-projection.js';
export { releasesProjection, type ReleaseRow } from './releases-projection.js';

export const releasesProjections = [releasesProjection, nodesProjection];

import { nodesProjection } from './nodes-projection.js';
import { releasesProjection } from './releases-projection.js';
export { nodesProjection, type NodeRow } from './nodes-projection.js';
export { releasesProjection, type ReleaseRow } from './releases-projection.js';

export const releasesProjections = [releasesProjection, nodesProjection];

import { compilationsProjection } from './compilations.js';
import { compiledFlocksProjection } from './compiled-flocks.js';

export { compilationsProjection, compiledFlocksProjection };

export const compilationProjections = [compilationsProjection, compiledFlocksProjection];

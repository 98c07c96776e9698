import { buildStream, type BuildEvent } from '../contract/index.js';
import { type BuildCommand, buildDecider, type BuildState } from './build-decider.js';
import { type Decider } from '#libs/kernel';

/** How the store knows builds; `id` is the build's id. */
export const buildAggregate: {
  readonly name: string;
  readonly decider: Decider<BuildCommand, BuildState, BuildEvent>;
  streamOf(id: string): string;
} = { name: 'build', decider: buildDecider, streamOf: buildStream };

export const buildId = (region: string, number: number): string => `${region}-${number}`;

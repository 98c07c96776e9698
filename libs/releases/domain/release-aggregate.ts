import { type Decider } from '#libs/kernel';
import { type ReleaseCommand, type ReleaseEvent, releaseStream } from '../contract/index.js';
import { releaseDecider, type ReleaseState } from './release-decider.js';

/** How the store knows releases; `id` is the release's id. */
export const releaseAggregate: {
  readonly name: string;
  readonly decider: Decider<ReleaseCommand, ReleaseState, ReleaseEvent>;
  streamOf(id: string): string;
} = { name: 'release', decider: releaseDecider, streamOf: releaseStream };

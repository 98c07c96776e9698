import { type Aggregate } from '#libs/event-store';
import { accessStream, type AccessCommand, type AccessEvent } from '../contract/index.js';
import { accessDecider, type AccessState } from '../domain/index.js';

/** The one stream of access; its instance is called `access`. */
export const accessAggregate: Aggregate<AccessCommand, AccessState, AccessEvent> = {
  name: accessStream,
  decider: accessDecider,
  streamOf: () => accessStream,
};

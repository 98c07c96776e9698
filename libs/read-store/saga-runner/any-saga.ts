import { type DomainEvent, type Saga } from '#libs/kernel';

/** Any saga, as a runner holds it: its states and commands are opaque there, and `types` guards the events. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnySaga = Saga<any, DomainEvent<string, any>, any>;

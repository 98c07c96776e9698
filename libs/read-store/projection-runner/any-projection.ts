import { type DomainEvent, type Projection } from '#libs/kernel';

/**
 * Any projection, as a runner holds it: rows are opaque to it, and `types` guards the events. `apply` is written as a method
 * in the kernel, so that every `Projection<Row, Event>` is assignable.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyProjection = Projection<any, DomainEvent<string, any>>;

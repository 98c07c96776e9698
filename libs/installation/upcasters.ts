import { Upcasters } from '#libs/event-store';

/**
 * How events of older versions become those that deciders, projections and sagas know. Every event still has its first version; the
 * contract of a context that changes one exports its upcasters, which join here: `new Upcasters().with(regionDataUpcasters)`.
 */
export const upcasters = new Upcasters();

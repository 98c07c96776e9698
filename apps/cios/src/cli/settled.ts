import { type Client } from './client.js';

/** What a change of region data made of the flocks. */
export interface Settled {
  readonly revision: string;
  readonly recompiled: readonly { readonly flock: string; readonly reads: readonly string[] }[];
  readonly unchanged: number;
}

/** Waits until the consequences of a revision of region data are in. */
export function settled(client: Client, revision: string): Promise<Settled> {
  return client.get('/v1/compilations/settled', { revision }, 120_000);
}

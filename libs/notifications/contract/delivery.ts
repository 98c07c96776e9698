/** An event as webhooks and polls get it. */
export interface NotifiedEvent {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: string;
  readonly position: string;
  readonly recordedAt: string;
  readonly actor: string;
  readonly ticket: string | null;
  readonly data: unknown;
}

/**
 * Body of a webhook. Delivered at least once; `delivery` is the same every time, and the header `X-CIOS-Signature` is
 * `t=<unix seconds>,v1=<hex of HMAC-SHA-256(secret, "<t>.<body>")>`.
 */
export interface Delivery {
  readonly delivery: string;
  readonly subscription: string;
  readonly events: readonly NotifiedEvent[];
}

/** A delivery that was given up after its last attempt. */
export interface DeadLetter {
  readonly delivery: string;
  readonly subscription: string;
  readonly url: string;
  readonly attempts: number;
  readonly error: string;
  readonly firstPosition: string;
  readonly lastPosition: string;
  readonly events: number;
  readonly givenUpAt: string;
}

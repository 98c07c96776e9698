/**
 * An expected "no" from the domain. A value, never thrown by a decider.
 * `code` is stable (`region/illegal-transition`) and part of the public API; `message` says what and where,
 * `fix` how to mend it, `details` carries machine-readable facts (dependants, allowed values, positions).
 */
export interface Refusal {
  readonly refused: true;
  readonly code: `${string}/${string}`;
  readonly message: string;
  readonly fix?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export function refuse(
  code: Refusal['code'],
  message: string,
  more: { readonly fix?: string; readonly details?: Readonly<Record<string, unknown>> } = {},
): Refusal {
  return { refused: true, code, message, ...more };
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && (value as { refused?: unknown }).refused === true;
}

/** Carries a refusal across an `await`; the only throwable that is not a fault. Mapped to HTTP in one filter. */
export class Refused extends Error {
  override readonly name = 'Refused';
  constructor(readonly refusal: Refusal) {
    super(`${refusal.code}: ${refusal.message}`);
  }
}

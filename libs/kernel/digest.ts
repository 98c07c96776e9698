import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.js';

/** SHA-256 as 64 lower-case hex digits. A pure function: the one Node core import that pure code may make (ADR 0002). */
export function sha256(bytes: string | Uint8Array): string {
  return hash('sha256', bytes);
}

/** Digest of a value's canonical JSON: equal values have equal digests whatever the order of their keys. */
export function digestOf(value: unknown): string {
  return sha256(canonicalJson(value));
}

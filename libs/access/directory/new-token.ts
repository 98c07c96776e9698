import { randomBytes } from 'node:crypto';
import { sha256 } from '#libs/kernel';

/** A fresh bearer token of 256 random bits, an id to name it by, and the only thing of it that is kept. */
export function newToken(): { readonly secret: string; readonly token: string; readonly hash: string } {
  const secret = `cios_${randomBytes(32).toString('base64url')}`;
  return { secret, token: `token-${randomBytes(6).toString('hex')}`, hash: sha256(secret) };
}

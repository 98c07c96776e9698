import { timingSafeEqual } from 'node:crypto';
import { type Metadata } from '@grpc/grpc-js';
import { sha256 } from '#libs/kernel';
import { NotAuthenticated } from './failures.js';

export interface Caller {
  readonly name: string;
  /** CIOS itself: writes its own streams. */
  readonly isOwn: boolean;
  /** May read CIOS's own streams. */
  readonly readsOwn: boolean;
}

export interface GatewayUser {
  readonly name: string;
  readonly password: string;
  readonly isOwn?: boolean;
}

/** Who calls. Without users (`--insecure`) everybody is the same stranger, and CIOS's own streams are out of reach. */
export class Access {
  readonly #users: ReadonlyMap<string, GatewayUser> | null;

  constructor(users: readonly GatewayUser[] | null) {
    this.#users = users && new Map(users.map((user) => [user.name, user]));
  }

  /** Throws `NotAuthenticated`. */
  callerOf(metadata: Metadata): Caller {
    if (!this.#users) return { name: 'anonymous', isOwn: false, readsOwn: false };
    const [header] = metadata.get('authorization');
    const basic = /^basic (.+)$/i.exec(String(header ?? ''));
    const [name, password] = split(Buffer.from(basic?.[1] ?? '', 'base64').toString('utf8'));
    const user = this.#users.get(name);
    if (!user || !isSame(user.password, password))
      throw new NotAuthenticated('the gateway does not know this user and password');
    return { name, isOwn: user.isOwn === true, readsOwn: true };
  }
}

function split(text: string): readonly [name: string, password: string] {
  const colon = text.indexOf(':');
  return colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
}

function isSame(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(sha256(a)), Buffer.from(sha256(b)));
}

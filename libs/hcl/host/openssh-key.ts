import { createPrivateKey, type KeyObject } from 'node:crypto';

const MAGIC = 'openssh-key-v1\0';

/** An RSA key in OpenSSH's own format, without a passphrase. Throws an Error for any other. Source: PROTOCOL.key of OpenSSH. */
export function readOpensshKey(pem: string): KeyObject {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]+)-----END OPENSSH PRIVATE KEY-----/.exec(pem);
  const data = Buffer.from(body?.[1] ?? '', 'base64');
  if (data.subarray(0, MAGIC.length).toString('latin1') !== MAGIC)
    throw new Error('it is not an OpenSSH key');
  const outer = new Fields(data.subarray(MAGIC.length));
  if (outer.field().toString() !== 'none') throw new Error('it is protected by a passphrase');
  outer.field();
  outer.field();
  if (outer.number() !== 1) throw new Error('it is not a single key');
  outer.field();
  const inner = new Fields(outer.field());
  if (inner.number() !== inner.number()) throw new Error('its two check numbers differ');
  const type = inner.field().toString();
  if (type !== 'ssh-rsa') throw new Error(`it is a key of type ${type}, not RSA`);
  const [n, e, d, iqmp, p, q] = [1, 2, 3, 4, 5, 6].map(() => toBigInt(inner.field())) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const jwk = { n, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: iqmp };
  const fields = Object.fromEntries(Object.entries(jwk).map(([name, value]) => [name, toBase64Url(value)]));
  return createPrivateKey({ key: { kty: 'RSA', ...fields }, format: 'jwk' });
}

class Fields {
  constructor(private rest: Buffer) {}

  number(): number {
    if (this.rest.length < 4) throw new Error('it is cut off');
    const value = this.rest.readUInt32BE(0);
    this.rest = this.rest.subarray(4);
    return value;
  }

  field(): Buffer {
    const length = this.number();
    if (this.rest.length < length) throw new Error('it is cut off');
    const value = this.rest.subarray(0, length);
    this.rest = this.rest.subarray(length);
    return value;
  }
}

const toBigInt = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex') || '0'}`);

function toBase64Url(value: bigint): string {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
}

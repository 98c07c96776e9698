import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

export interface TlsFiles {
  /** PEM; also what clients are to trust. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly key: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;

const OID = {
  commonName: '550403',
  ecdsaWithSha256: '2a8648ce3d040302',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
} as const;

/** A certificate of its own signing (X.509 v3, ECDSA P-256, RFC 5280) for these names and addresses, good for `days` from `now`. */
export function selfSigned(names: readonly string[], now: Date, days = 825): TlsFiles {
  const pair = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const algorithm = sequence(oid(OID.ecdsaWithSha256));
  const subject = sequence(tlv(0x31, sequence(oid(OID.commonName), tlv(0x0c, Buffer.from('CIOS gateway')))));
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(15)]);
  const alternatives = sequence(...names.map(alternative));
  const signed = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, serial),
    algorithm,
    subject,
    sequence(time(now), time(new Date(now.getTime() + days * DAY_MS))),
    subject,
    pair.publicKey,
    tlv(
      0xa3,
      sequence(
        sequence(oid(OID.basicConstraints), TRUE, tlv(0x04, sequence())),
        sequence(oid(OID.subjectAltName), tlv(0x04, alternatives)),
      ),
    ),
  );
  const signature = sign('sha256', signed, createPrivateKey(pair.privateKey));
  const der = sequence(signed, algorithm, tlv(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = der.toString('base64').match(/.{1,64}/g)!;
  const certificate = `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
  return { certificate, key: pair.privateKey };
}

function tlv(tag: number, value: Uint8Array): Buffer {
  const { length } = value;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), value]);
}

const TRUE = tlv(0x01, Buffer.from([0xff]));

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return tlv(0x30, Buffer.concat(parts));
}

function oid(hex: string): Buffer {
  return tlv(0x06, Buffer.from(hex, 'hex'));
}

/** GeneralizedTime without fractions. */
function time(at: Date): Buffer {
  const text = at.toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  // RFC 5280: dates before 2050 as UTCTime.
  return at.getUTCFullYear() < 2050 ? tlv(0x17, Buffer.from(text.slice(2))) : tlv(0x18, Buffer.from(text));
}

function alternative(name: string): Buffer {
  if (isIP(name) === 4) return tlv(0x87, Buffer.from(name.split('.').map(Number)));
  return tlv(0x82, Buffer.from(name));
}

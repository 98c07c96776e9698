import { STRING } from '../../values/type.js';
import { parameter } from '../argument.js';
import { encodeBase64 } from '../encoding/base64-bytes.js';
import { type StrictFunction } from '../function.js';
import { type HostFunctions } from '../host-functions.js';
import { encodeUtf8 } from '../utf8.js';

type Algorithm = Parameters<HostFunctions['digest']>[0];

export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Name without "base64", algorithm and encoding of the functions that digest a string, or with `file` before, a file. */
export const DIGESTS: readonly (readonly [string, Algorithm, (bytes: Uint8Array) => string])[] = [
  ['md5', 'md5', toHex],
  ['sha1', 'sha1', toHex],
  ['sha256', 'sha256', toHex],
  ['sha512', 'sha512', toHex],
  ['base64sha256', 'sha256', encodeBase64],
  ['base64sha512', 'sha512', encodeBase64],
];

export const digestFunctions = (host: HostFunctions): readonly StrictFunction[] =>
  DIGESTS.map(([name, algorithm, encode]) => ({
    name,
    description: `The ${algorithm.toUpperCase()} digest of a string's UTF-8 bytes, ${encode === toHex ? 'in hexadecimal' : 'in base64'}.`,
    params: [parameter('str', STRING)],
    returnType: STRING,
    notNull: true,
    call: ([str]) => encode(host.digest(algorithm, encodeUtf8(str as string))),
  }));

import { createHash, createPrivateKey, constants, privateDecrypt, type KeyObject } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { type HostFunctions } from '../functions/host-functions.js';
import { readOpensshKey } from './openssh-key.js';

const LARGEST = 64 * 1024 * 1024;

/** Digests, gzip and RSA by Node. The one place of the engine that needs Node's core. */
export const nodeFunctions: HostFunctions = {
  digest: (algorithm, bytes) => createHash(algorithm).update(bytes).digest(),
  gunzip: (bytes) => {
    try {
      return gunzipSync(bytes, { maxOutputLength: LARGEST });
    } catch {
      return undefined;
    }
  },
  rsaDecrypt: (ciphertext, privateKey) => {
    const key = readKey(privateKey);
    let block: Uint8Array;
    try {
      // Node refuses to take PKCS #1 v1.5 padding off because of attacks by timing, which nobody can run on a compiler.
      block = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, ciphertext);
    } catch {
      return undefined;
    }
    return withoutPadding(block);
  },
};

function readKey(pem: string): KeyObject {
  if (!pem.includes('-----BEGIN ')) throw new Error('ssh: no key found');
  const key = pem.includes('BEGIN OPENSSH PRIVATE KEY') ? readOpensshKey(pem) : createPrivateKey(pem);
  if (key.asymmetricKeyType !== 'rsa')
    throw new Error(`it is a key of type ${key.asymmetricKeyType}, not RSA`);
  return key;
}

/** EME-PKCS1-v1_5 (RFC 8017, 7.2.2): 00 02, at least eight bytes other than zero, 00, then the message. */
function withoutPadding(block: Uint8Array): Uint8Array | undefined {
  const end = block.indexOf(0, 2);
  if (block[0] !== 0 || block[1] !== 2 || end < 10) return undefined;
  return block.subarray(end + 1);
}

import { describe, expect, it } from '@jest/globals';
import { constants, createPublicKey, generateKeyPairSync, publicEncrypt } from 'node:crypto';
import { evaluate, evaluateAll } from '../testing/evaluate.js';

describe('digests', () => {
  it('are those of the standards', () => {
    const cases = {
      'md5("abc")': '900150983cd24fb0d6963f7d28e17f72',
      'sha1("abc")': 'a9993e364706816aba3e25717850c26c9cd0d89d',
      'sha256("abc")': 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      'sha512("")':
        'cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e',
      'base64sha256("")': '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
      'length(base64sha512("x"))': 88,
      'uuidv5("dns", "www.example.com")': '2ed6657d-e927-568b-95e1-2665a8aea6a2',
      'uuidv5("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com")':
        '2ed6657d-e927-568b-95e1-2665a8aea6a2',
      'uuidv5("urn:uuid:6BA7B810-9DAD-11D1-80B4-00C04FD430C8", "www.example.com")':
        '2ed6657d-e927-568b-95e1-2665a8aea6a2',
      'uuidv5("constructor", "x")':
        'error: Call to function "uuidv5" failed: uuidv5() doesn\'t support namespace constructor (invalid UUID length: 11).',
    };
    expect(evaluateAll(cases)).toEqual(cases);
    expect(evaluate('sha256(secret)')).toMatchObject({ $marks: ['Sensitive'] });
  });
});

describe('rsadecrypt', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const ciphertext = publicEncrypt(
    { key: createPublicKey(privateKey), padding: constants.RSA_PKCS1_PADDING },
    Buffer.from('héllo'),
  ).toString('base64');
  const call = (text: string, key: string): unknown =>
    evaluate(`rsadecrypt("${text}", ${JSON.stringify(key)})`);

  it('decrypts with keys in PKCS #1, PKCS #8 and OpenSSH form', () => {
    const pkcs1 = privateKey.export({ type: 'pkcs1', format: 'pem' }) as string;
    const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    for (const key of [pkcs1, pkcs8, opensshKey()]) expect(call(ciphertext, key)).toBe('héllo');
  });

  it('says what is wrong', () => {
    const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    expect(call('AAAA', pkcs8)).toBe(
      'error: Call to function "rsadecrypt" failed: failed to decrypt: crypto/rsa: decryption error.',
    );
    expect(call('?', pkcs8)).toMatch(/cipher text must be base64-encoded/);
    expect(call(ciphertext, 'x')).toMatch(/invalid private key: ssh: no key found/);
    expect(call(ciphertext, other.export({ type: 'pkcs8', format: 'pem' }) as string)).toMatch(/not RSA/);
  });

  /** The same key as ssh-keygen writes it. */
  function opensshKey(): string {
    const jwk = privateKey.export({ format: 'jwk' });
    const field = (bytes: Buffer): Buffer => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return Buffer.concat([length, bytes]);
    };
    const text = (value: string): Buffer => field(Buffer.from(value));
    const integer = (value: string | undefined): Buffer =>
      field(Buffer.concat([Buffer.from([0]), Buffer.from(value as string, 'base64url')]));
    const { n, e, d, qi, p, q } = jwk;
    const check = Buffer.from('0123456701234567', 'hex');
    const inner = Buffer.concat([
      check,
      text('ssh-rsa'),
      ...[n, e, d, qi, p, q].map(integer),
      text('comment'),
    ]);
    const one = Buffer.from([0, 0, 0, 1]);
    const body = Buffer.concat([
      Buffer.from('openssh-key-v1\0'),
      text('none'),
      text('none'),
      text(''),
      one,
      field(Buffer.concat([text('ssh-rsa'), integer(e), integer(n)])),
      field(inner),
    ]);
    return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`;
  }
});

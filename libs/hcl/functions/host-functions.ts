/** What functions need of the machine they run on. Pure in effect: equal arguments, equal results. */
export interface HostFunctions {
  digest(algorithm: 'md5' | 'sha1' | 'sha256' | 'sha512', bytes: Uint8Array): Uint8Array;
  /** Undefined where the bytes are not gzip, or unpack to more than 64 MiB. */
  gunzip(bytes: Uint8Array): Uint8Array | undefined;
  /** PKCS #1 v1.5. Undefined where the key does not fit the ciphertext; throws an Error on a text that is no RSA key. */
  rsaDecrypt(ciphertext: Uint8Array, privateKey: string): Uint8Array | undefined;
}

import { STRING } from '../../values/type.js';
import { parameter, text } from '../argument.js';
import { decodeBase64 } from '../encoding/base64-bytes.js';
import { FunctionError, type StrictFunction } from '../function.js';
import { type HostFunctions } from '../host-functions.js';
import { quote } from '../quote.js';
import { decodeUtf8Leniently } from '../utf8.js';

export const rsadecrypt = (host: HostFunctions): StrictFunction => ({
  name: 'rsadecrypt',
  description: 'Decrypts base64 text with an RSA private key (PKCS #1 v1.5).',
  params: [parameter('ciphertext', STRING), parameter('privatekey', STRING)],
  returnType: STRING,
  notNull: true,
  call: ([ciphertext, privatekey]) => {
    const bytes = decodeBase64(ciphertext as string);
    if (typeof bytes === 'number') {
      throw new FunctionError(
        `failed to decode input ${quote(ciphertext as string)}: cipher text must be base64-encoded`,
        0,
      );
    }
    let plain: Uint8Array | undefined;
    try {
      plain = host.rsaDecrypt(bytes, privatekey as string);
    } catch (error) {
      throw new FunctionError(`invalid private key: ${(error as Error).message}`, 1);
    }
    if (plain === undefined) throw new FunctionError('failed to decrypt: crypto/rsa: decryption error');
    return text(decodeUtf8Leniently(plain));
  },
});

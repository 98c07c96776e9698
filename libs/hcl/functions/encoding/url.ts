import { STRING } from '../../values/type.js';
import { parameter, text } from '../argument.js';
import { FunctionError, type StrictFunction } from '../function.js';
import { quote, quoteBytes } from '../quote.js';
import { decodeUtf8, decodeUtf8Leniently, encodeUtf8 } from '../utf8.js';

const urlencode: StrictFunction = {
  name: 'urlencode',
  description:
    'A string as it may stand in the query of a URL: a space becomes "+", special characters "%XX".',
  params: [parameter('str', STRING)],
  returnType: STRING,
  notNull: true,
  call: ([str]) => {
    let out = '';
    for (const byte of encodeUtf8(str as string)) {
      const character = String.fromCharCode(byte);
      if (/[A-Za-z0-9\-_.~]/.test(character)) out += character;
      else out += byte === 32 ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    }
    return out;
  },
};

const urldecode: StrictFunction = {
  name: 'urldecode',
  description: 'The string that urlencode was given.',
  params: [parameter('str', STRING)],
  returnType: STRING,
  notNull: true,
  call: ([str]) => {
    const source = encodeUtf8(str as string);
    const out: number[] = [];
    for (let i = 0; i < source.length; i++) {
      const byte = source[i] as number;
      if (byte !== 37) {
        out.push(byte === 43 ? 32 : byte);
        continue;
      }
      const bytes = source.slice(i, i + 3);
      const escape = decodeUtf8(bytes);
      if (escape === undefined || !/^%[0-9a-fA-F]{2}$/.test(escape)) {
        const shown = escape === undefined ? quoteBytes(bytes) : quote(escape);
        throw new FunctionError(`failed to decode URL '': invalid URL escape ${shown}`);
      }
      out.push(Number.parseInt(escape.slice(1), 16));
      i += 2;
    }
    return text(decodeUtf8Leniently(Uint8Array.from(out)));
  },
};

export const urlFunctions: readonly StrictFunction[] = [urlencode, urldecode];

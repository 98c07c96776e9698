import { STRING } from '../../values/type.js';
import { type Value } from '../../values/value.js';
import { parameter, text } from '../argument.js';
import { FunctionError, type StrictFunction } from '../function.js';
import { quote } from '../quote.js';
import { decodeBase64, encodeBase64 } from './base64-bytes.js';
import { findTextCodec, type TextCodec } from './text-codec.js';

const textencodebase64: StrictFunction = {
  name: 'textencodebase64',
  description: 'A string in a character encoding (an IANA name), in base64.',
  params: [parameter('string', STRING), parameter('encoding', STRING)],
  returnType: STRING,
  notNull: true,
  call: ([source, encoding]) => {
    const codec = codecOf(encoding!);
    const bytes = codec.encode(source as string);
    if (bytes !== undefined) return encodeBase64(bytes);
    throw new FunctionError(
      `the given string contains characters that cannot be represented in ${codec.name}`,
      0,
    );
  },
};

const textdecodebase64: StrictFunction = {
  name: 'textdecodebase64',
  description: 'The string that base64 text says in a character encoding (an IANA name).',
  params: [parameter('source', STRING), parameter('encoding', STRING)],
  returnType: STRING,
  notNull: true,
  call: ([source, encoding]) => {
    const codec = codecOf(encoding!);
    const bytes = decodeBase64(source as string);
    if (typeof bytes === 'number') {
      throw new FunctionError(`the given value is has an invalid base64 symbol at offset ${bytes}`, 0);
    }
    const decoded = codec.decode(bytes);
    if (decoded !== undefined) return text(decoded);
    throw new FunctionError(`the given string contains symbols that are not defined for ${codec.name}`, 0);
  },
};

function codecOf(name: Value): TextCodec {
  const codec = findTextCodec(name as string);
  if (codec !== undefined) return codec;
  throw new FunctionError(
    `${quote(name as string)} is not a supported IANA encoding name or alias in this OpenTofu version`,
    1,
  );
}

export const textBase64Functions: readonly StrictFunction[] = [textencodebase64, textdecodebase64];

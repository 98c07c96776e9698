import { STRING } from '../../values/type.js';
import { marksOf, unmark, withMarks } from '../../values/marks.js';
import { type Value } from '../../values/value.js';
import { parameter, redacted, text } from '../argument.js';
import { FunctionError, type StrictFunction } from '../function.js';
import { type HostFunctions } from '../host-functions.js';
import { decodeUtf8, decodeUtf8Leniently, encodeUtf8 } from '../utf8.js';
import { decodeBase64, encodeBase64 } from './base64-bytes.js';
import { gzip } from './gzip.js';

const base64encode: StrictFunction = {
  name: 'base64encode',
  description: 'The UTF-8 bytes of a string in base64.',
  params: [parameter('str', STRING)],
  returnType: STRING,
  notNull: true,
  call: ([str]) => encodeBase64(encodeUtf8(str as string)),
};

const base64decode: StrictFunction = {
  name: 'base64decode',
  description: 'The string whose UTF-8 bytes are given in base64.',
  params: [parameter('str', STRING, { allowMarked: true })],
  returnType: STRING,
  notNull: true,
  call: ([str]) => {
    const decoded = decodeUtf8(decode(str!));
    if (decoded === undefined) {
      throw new FunctionError('the result of decoding the provided string is not valid UTF-8');
    }
    return withMarks(text(decoded), marksOf(str!));
  },
};

const base64gzip: StrictFunction = {
  name: 'base64gzip',
  description: 'A string compressed with gzip, in base64; the same on every machine.',
  params: [parameter('str', STRING)],
  returnType: STRING,
  notNull: true,
  call: ([str]) => encodeBase64(gzip(encodeUtf8(str as string))),
};

const base64gunzip = (host: HostFunctions): StrictFunction => ({
  name: 'base64gunzip',
  description: 'The string that base64gzip was given.',
  params: [parameter('str', STRING, { allowMarked: true })],
  returnType: STRING,
  notNull: true,
  call: ([str]) => {
    const packed = decode(str!);
    if (packed.length === 0) throw new FunctionError('failed to gunzip bytestream: EOF');
    if (packed.length < 10) throw new FunctionError('failed to gunzip bytestream: unexpected EOF');
    if (packed[0] !== 0x1f || packed[1] !== 0x8b) {
      throw new FunctionError('failed to gunzip bytestream: gzip: invalid header');
    }
    const bytes = host.gunzip(packed);
    if (bytes === undefined) throw new FunctionError('failed to read gunzip raw data: gzip: invalid data');
    return withMarks(text(decodeUtf8Leniently(bytes)), marksOf(str!));
  },
});

function decode(str: Value): Uint8Array {
  const source = unmark(str) as string;
  const bytes = decodeBase64(source);
  if (typeof bytes !== 'number') return bytes;
  throw new FunctionError(`failed to decode base64 data ${redacted(source, marksOf(str))}`);
}

export const base64Functions = (host: HostFunctions): readonly StrictFunction[] => [
  base64encode,
  base64decode,
  base64gzip,
  base64gunzip(host),
];

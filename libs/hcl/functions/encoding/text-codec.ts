import { decodeUtf8, encodeUtf8 } from '../utf8.js';
import { IANA_ENCODINGS, type IanaEncoding } from './iana-encodings.js';

/** How text becomes bytes and back in one encoding; undefined where something cannot be said in it. */
export interface TextCodec {
  readonly name: string;
  encode(source: string): Uint8Array | undefined;
  decode(bytes: Uint8Array): string | undefined;
}

const codecs = new Map<string, TextCodec>();

/** The encoding with an IANA name or alias, in any case, with space around; undefined for those not known here. */
export function findTextCodec(name: string): TextCodec | undefined {
  const wanted = name.trim().toLowerCase();
  let codec = codecs.get(wanted);
  if (codec !== undefined) return codec;
  const encoding = IANA_ENCODINGS.find(({ aliases }) => aliases.split(' ').includes(wanted));
  if (encoding === undefined) return undefined;
  codec = codecFor(encoding);
  codecs.set(wanted, codec);
  return codec;
}

function codecFor({ name, table, decoder }: IanaEncoding): TextCodec {
  if (table !== undefined) return singleByte(name, table);
  if (decoder !== undefined) return multiByte(name, decoder);
  if (name === 'US-ASCII') return singleByte(name, UNDEFINED.repeat(128));
  if (name === 'UTF-8') return { name, encode: encodeUtf8, decode: decodeUtf8 };
  return utf16(name);
}

const UNDEFINED = '\ufffd';

function singleByte(name: string, table: string): TextCodec {
  const characters = Array.from(table);
  if (characters.length === 128)
    characters.unshift(...Array.from({ length: 128 }, (_, i) => String.fromCharCode(i)));
  const bytes = new Map(characters.map((character, i) => [character, i] as const).reverse());
  bytes.delete(UNDEFINED);
  return {
    name,
    encode: (source) => {
      const out: number[] = [];
      for (const character of source) {
        const byte = bytes.get(character);
        if (byte === undefined) return undefined;
        out.push(byte);
      }
      return Uint8Array.from(out);
    },
    decode: (source) => defined(Array.from(source, (byte) => characters[byte] as string).join('')),
  };
}

const defined = (text: string): string | undefined => (text.includes(UNDEFINED) ? undefined : text);

/** Encoded by looking up what all pairs of bytes decode to; of several pairs for one character the first counts. */
function multiByte(name: string, label: string): TextCodec {
  const decoder = new TextDecoder(label);
  let table: Map<string, readonly number[]> | undefined;
  return {
    name,
    encode: (source) => {
      table ??= encodingTable(decoder);
      const out: number[] = [];
      for (const character of source) {
        const bytes = table.get(character) ?? beyondPlaneZero(decoder, character);
        if (bytes === undefined) return undefined;
        out.push(...bytes);
      }
      return Uint8Array.from(out);
    },
    decode: (source) => defined(decoder.decode(source)),
  };
}

function encodingTable(decoder: InstanceType<typeof TextDecoder>): Map<string, readonly number[]> {
  const table = new Map<string, readonly number[]>();
  const enter = (...bytes: number[]): void => {
    const decoded = decoder.decode(Uint8Array.from(bytes));
    const one = Array.from(decoded).length === 1 && decoded !== UNDEFINED;
    if (one && !table.has(decoded)) table.set(decoded, bytes);
  };
  for (let byte = 0; byte < 256; byte++) enter(byte);
  for (let lead = 0x81; lead < 0xff; lead++) {
    for (let trail = 0x30; trail < 0xff; trail++) enter(lead, trail);
  }
  if (decoder.encoding === 'euc-jp') {
    // JIS X 0212 takes three bytes.
    for (let row = 0xa1; row < 0xff; row++) for (let cell = 0xa1; cell < 0xff; cell++) enter(0x8f, row, cell);
  }
  // GB18030 says in four bytes what two cannot.
  if (decoder.encoding === 'gb18030') for (let i = 0; i < 39_420; i++) enter(...fourBytes(i));
  return table;
}

const fourBytes = (i: number): readonly number[] => [
  0x81 + Math.trunc(i / 12_600),
  0x30 + (Math.trunc(i / 1_260) % 10),
  0x81 + (Math.trunc(i / 10) % 126),
  0x30 + (i % 10),
];

/** GB18030 lays out all other planes in order of their code points. */
function beyondPlaneZero(
  { encoding }: InstanceType<typeof TextDecoder>,
  character: string,
): readonly number[] | undefined {
  const code = character.codePointAt(0)!;
  return encoding === 'gb18030' && code > 0xffff ? fourBytes(189_000 + code - 0x1_0000) : undefined;
}

/** Without a name for the order of bytes, the order is the big one, a mark says so when encoding, and is heeded when decoding. */
function utf16(name: string): TextCodec {
  const marked = name === 'UTF-16';
  return {
    name,
    encode: (source) => {
      const units = marked ? `\ufeff${source}` : source;
      const bytes = new Uint8Array(units.length * 2);
      const view = new DataView(bytes.buffer);
      for (let i = 0; i < units.length; i++) view.setUint16(i * 2, units.charCodeAt(i), name === 'UTF-16LE');
      return bytes;
    },
    decode: (source) => {
      const little = name === 'UTF-16LE' || (marked && source[0] === 0xff && source[1] === 0xfe);
      const big = marked && source[0] === 0xfe && source[1] === 0xff;
      const body = marked && (little || big) ? source.slice(2) : source;
      return defined(new TextDecoder(little ? 'utf-16le' : 'utf-16be', { ignoreBOM: true }).decode(body));
    },
  };
}

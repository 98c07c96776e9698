import { STRING } from '../../values/type.js';
import { parameter } from '../argument.js';
import { FunctionError, type StrictFunction } from '../function.js';
import { type HostFunctions } from '../host-functions.js';
import { quote } from '../quote.js';
import { encodeUtf8, utf8Length } from '../utf8.js';
import { toHex } from './digests.js';

const NAMESPACES: Readonly<Record<string, string>> = {
  dns: '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
  url: '6ba7b811-9dad-11d1-80b4-00c04fd430c8',
  oid: '6ba7b812-9dad-11d1-80b4-00c04fd430c8',
  x500: '6ba7b814-9dad-11d1-80b4-00c04fd430c8',
};

export const uuidv5 = (host: HostFunctions): StrictFunction => ({
  name: 'uuidv5',
  description: 'A UUID made from a namespace and a name (RFC 9562, version 5).',
  params: [parameter('namespace', STRING), parameter('name', STRING)],
  returnType: STRING,
  notNull: true,
  call: ([namespace, name]) => {
    const space = namespace as string;
    const known = Object.hasOwn(NAMESPACES, space) ? (NAMESPACES[space] as string) : space;
    const prefix = parseUuid(known, space);
    const uuid = host
      .digest('sha1', Uint8Array.from([...prefix, ...encodeUtf8(name as string)]))
      .slice(0, 16);
    uuid[6] = ((uuid[6] as number) & 0x0f) | 0x50;
    uuid[8] = ((uuid[8] as number) & 0x3f) | 0x80;
    return toHex(uuid).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  },
});

/** The four ways in which google/uuid reads one: with hyphens, as a URN, in braces, and as hexadecimal digits alone. */
function parseUuid(source: string, shown: string): number[] {
  const refuse = (why: string): FunctionError =>
    new FunctionError(`uuidv5() doesn't support namespace ${shown} (${why})`);
  const length = utf8Length(source);
  let rest = source;
  if (length === 45) {
    if (!/^urn:uuid:/i.test(source)) throw refuse(`invalid urn prefix: ${quote(source.slice(0, 9))}`);
    rest = source.slice(9);
  } else if (length === 38) {
    rest = source.slice(1, -1);
  } else if (length !== 36 && length !== 32) {
    throw refuse(`invalid UUID length: ${length}`);
  }
  const hex = '[0-9a-fA-F]';
  const form = length === 32 ? `^${hex}{32}$` : `^${hex}{8}-${hex}{4}-${hex}{4}-${hex}{4}-${hex}{12}$`;
  if (!new RegExp(form).test(rest)) throw refuse('invalid UUID format');
  return (rest.replaceAll('-', '').match(/../g) as string[]).map((pair) => Number.parseInt(pair, 16));
}

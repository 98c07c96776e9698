import { nfc } from '../../values/text.js';
import { DYNAMIC, listOf, objectOf, STRING } from '../../values/type.js';
import { makeList, ObjectValue, Shape, UnknownValue, type Value } from '../../values/value.js';
import { compareText } from '../../values/type.js';
import { parameter } from '../argument.js';
import { FunctionError, type StrictFunction } from '../function.js';
import { quote } from '../quote.js';
import { rememberLast } from '../remember.js';
import { readCsv } from './read-csv.js';

export const csvdecode: StrictFunction = {
  name: 'csvdecode',
  description: 'The rows of a CSV text (RFC 4180) as objects; the first line names their attributes.',
  params: [parameter('str', STRING)],
  returnType: ([source]) => {
    if (source instanceof UnknownValue) return DYNAMIC;
    return listOf(objectOf(header(source as string).map((name) => [name, STRING] as const)));
  },
  notNull: true,
  call: ([source]) => {
    const names = header(source as string);
    const sorted = [...names].sort(compareText);
    const shape = new Shape(sorted);
    const order = sorted.map((name) => names.indexOf(name));
    const rows: Value[] = [];
    for (const row of readCsv(source as string, true)) {
      rows.push(
        new ObjectValue(
          shape,
          order.map((column) => nfc(row[column] as string)),
        ),
      );
    }
    return makeList(objectOf(names.map((name) => [name, STRING] as const)), rows.slice(1));
  },
};

const header = rememberLast((source: string): readonly string[] => {
  const first = readCsv(source, false).next();
  if (first.done === true) throw new FunctionError('missing header line');
  const names = first.value.map(nfc);
  names.forEach((name, i) => {
    if (names.indexOf(name) < i) throw new FunctionError(`duplicate column name ${quote(name)}`);
  });
  return names;
});

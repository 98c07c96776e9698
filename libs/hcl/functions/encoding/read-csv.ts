import { FunctionError } from '../function.js';

/**
 * The records of a CSV text, in the manner of Go's encoding/csv: empty lines are skipped, a quoted field may go over several
 * lines, CR LF counts as LF. With `even` every record must have as many fields as the first. Throws FunctionError.
 */
export function* readCsv(source: string, even: boolean): Generator<string[]> {
  const lines = source
    .split('\n')
    .map((line, i, all) => (i < all.length - 1 ? `${line.replace(/\r$/, '')}\n` : line));
  if (lines.at(-1) === '') lines.pop();
  else lines.push((lines.pop() as string).replace(/\r$/, ''));
  let fields = -1;
  for (let l = 0; l < lines.length; l++) {
    if (lines[l] === '\n' || lines[l] === '') continue;
    const start = l;
    const record: string[] = [];
    let rest = lines[l] as string;
    for (;;) {
      if (!rest.startsWith('"')) {
        const comma = rest.indexOf(',');
        const field = comma >= 0 ? rest.slice(0, comma) : rest.replace(/\n$/, '');
        if (field.includes('"')) throw broken(l, 'bare " in non-quoted-field');
        record.push(field);
        if (comma < 0) break;
        rest = rest.slice(comma + 1);
        continue;
      }
      let field = '';
      rest = rest.slice(1);
      let more = false;
      for (;;) {
        const mark = rest.indexOf('"');
        if (mark < 0) {
          field += rest;
          if (++l >= lines.length) throw broken(l - 1, 'extraneous or missing " in quoted-field');
          rest = lines[l] as string;
          continue;
        }
        field += rest.slice(0, mark);
        rest = rest.slice(mark + 1);
        if (rest.startsWith('"')) {
          field += '"';
          rest = rest.slice(1);
        } else if (rest.startsWith(',')) {
          rest = rest.slice(1);
          more = true;
          break;
        } else if (rest === '' || rest === '\n') break;
        else throw broken(l, 'extraneous or missing " in quoted-field');
      }
      record.push(field);
      if (!more) break;
    }
    if (fields < 0) fields = record.length;
    else if (even && record.length !== fields) throw broken(start, 'wrong number of fields');
    yield record;
  }
}

const broken = (line: number, what: string): FunctionError =>
  new FunctionError(`CSV parse error on line ${line + 1}: ${what}`);

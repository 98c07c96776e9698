import { type HclFunction } from '../functions/function.js';
import { format } from '../format/format.js';
import { parseConfig, parseExpression, parseTemplate } from '../parse.js';
import { parseJsonConfig } from '../json/index.js';
import { toDecimalString } from '../number/index.js';
import { print } from '../print/print.js';
import { Reads, tracked } from '../reads.js';
import { renderDiagnostic } from '../render/render-diagnostic.js';
import { Scope } from '../scope.js';
import { identical } from '../values/equality.js';
import { fromJs } from '../values/json.js';
import { unmarkDeep, withMarks } from '../values/marks.js';
import { makeSet } from '../values/set.js';
import { NUMBER, STRING } from '../values/type.js';
import {
  isNumber,
  isWhollyKnown,
  ListValue,
  makeList,
  makeMap,
  MapValue,
  NULL,
  NullValue,
  ObjectValue,
  SetValue,
  TupleValue,
  typeOf,
  unknown,
  type Value,
} from '../values/value.js';
import { treeDifference } from './same-tree.js';

/** Variables of the generator's expressions. */
export const SAMPLE: Readonly<Record<string, Value>> = {
  num: 3,
  frac: fromJs(2.5),
  str: 'hello',
  bool: true,
  nul: NULL,
  list: makeList(STRING, ['a', 'b', 'c']),
  nums: makeList(NUMBER, [3, 1, 2]),
  set: makeSet(STRING, ['b', 'a']),
  map: makeMap(NUMBER, [
    ['a', 1],
    ['x', 2],
  ]),
  tuple: fromJs(['t', 1, true]),
  obj: fromJs({ a: 1, name: 'o', nested: { a: [1, 2] } }),
  regions: fromJs([
    { id: 1, name: 'east', state: 'Building', nested: { a: 1 } },
    { id: 2, name: 'west', state: 'Live', nested: { a: 2 } },
  ]),
};

const LIMITS = { steps: 20_000, elements: 20_000, text: 100_000 };

const mapValues = (change: (value: Value, name: string) => Value): Record<string, Value> =>
  Object.fromEntries(Object.entries(SAMPLE).map(([name, value]) => [name, change(value, name)]));

// Not null: a marked null makes a conditional dynamic, an unmarked one takes the other result's type.
const MARKED = mapValues((value) => (value === NULL ? value : withMarks(value, new Set(['mark']))));
const TRACKED = mapValues((value, name) => tracked(value, name));

/** The value with other scalars wherever the path is not among those told. */
function change(value: Value, path: string, told: ReadonlySet<string>): Value {
  if (value instanceof ObjectValue)
    return new ObjectValue(
      value.shape,
      value.slots.map((slot, i) => change(slot, `${path}.${value.shape.names[i]!}`, told)),
    );
  if (value instanceof MapValue)
    return new MapValue(
      value.type,
      new Map([...value.entries].map(([key, item]) => [key, change(item, `${path}.${key}`, told)])),
    );
  if (value instanceof TupleValue)
    return new TupleValue(value.items.map((item) => change(item, `${path}[*]`, told)));
  if (value instanceof ListValue)
    return new ListValue(
      value.type,
      value.items.map((item) => change(item, `${path}[*]`, told)),
    );
  // Scalars that are variables themselves are not tracked.
  if (told.has(path) || !/[.[]/.test(path)) return value;
  if (typeof value === 'string') return `${value}!`;
  if (typeof value === 'number') return value + 1;
  return typeof value === 'boolean' ? !value : value;
}

/** Equal but for what the unification of a conditional's results converts: tuples and lists, objects and maps, numbers and strings. */
function sameContent(a: Value, b: Value): boolean {
  return content(a) === content(b);
}

function content(value: Value): string {
  if (value instanceof NullValue) return 'null';
  if (value instanceof ObjectValue)
    return `{${value.shape.names
      .map((name, i) => `${name}=${content(value.slots[i]!)}`)
      .sort()
      .join()}}`;
  if (value instanceof MapValue)
    return `{${[...value.entries]
      .map(([name, item]) => `${name}=${content(item)}`)
      .sort()
      .join()}}`;
  if (value instanceof TupleValue || value instanceof ListValue || value instanceof SetValue)
    return `[${[...new Set(value.items.map(content))].sort().join()}]`;
  if (isNumber(value)) return toDecimalString(value);
  return typeof value === 'object' ? value.kind : String(value);
}

/** A law that does not hold: what, for which text. */
export class LawBroken extends Error {}

function holds(condition: boolean, law: string, text: string): void {
  if (!condition) throw new LawBroken(`${law}: ${JSON.stringify(text)}`);
}

/** What must hold of any text as a file. Throws `LawBroken`, or what the engine wrongly throws. */
export function checkConfig(text: string): void {
  const { body, diagnostics } = parseConfig(text, 'x.hcl');
  parseConfig(text, 'x.hcl', { lenient: true });
  parseTemplate(text, 'x.hcl');
  parseJsonConfig(text, 'x.json');
  for (const diagnostic of diagnostics.slice(0, 3)) renderDiagnostic(diagnostic, text);
  const laid = format(text, 'x.hcl');
  holds((laid.text === undefined) === diagnostics.length > 0, 'a text is formatted if it parses', text);
  for (const attribute of body.attributes.values()) attribute.expression.variables();
  if (laid.text === undefined) return;
  const printed = print(body);
  const again = parseConfig(printed, 'x.hcl');
  holds(again.diagnostics.length === 0, `what is printed parses (${printed})`, text);
  const found = treeDifference(body.node, again.body.node, body.source.text);
  holds(found === undefined, `parse ∘ print is the identity (${found ?? ''} in ${printed})`, text);
  holds(format(laid.text, 'x.hcl').text === laid.text, 'formatting twice changes nothing', text);
}

/** What must hold of any text as an expression, with the generator's variables. */
export function checkExpression(text: string, functions: ReadonlyMap<string, HclFunction>): void {
  const { expression, diagnostics } = parseExpression(text, 'x.hcl');
  const variables = expression.variables();
  holds(
    variables.every(({ range }) => range.filename === 'x.hcl'),
    'references have places',
    text,
  );
  if (diagnostics.length > 0) {
    expression.evaluate(new Scope({ variables: SAMPLE, functions, limits: LIMITS }));
    return;
  }
  const evaluate = (given: Record<string, Value>, reads?: Reads): ReturnType<typeof expression.evaluate> =>
    expression.evaluate(new Scope({ variables: given, functions, limits: LIMITS, ...(reads && { reads }) }));
  const plain = evaluate({ ...SAMPLE });
  const failed = plain.diagnostics.length > 0;
  for (const diagnostic of plain.diagnostics.slice(0, 3)) renderDiagnostic(diagnostic, text);

  const reads = new Reads();
  const read = evaluate(TRACKED, reads);
  holds(
    identical(read.value, plain.value) && read.diagnostics.length === plain.diagnostics.length,
    'recording what is read changes nothing',
    text,
  );
  reads.markOutput(read.value);
  const told = new Set(reads.paths());
  const changed = mapValues((value, name) => change(value, name, told));
  const other = evaluate(changed);
  holds(
    other.diagnostics.length > 0 === failed && (failed || identical(other.value, plain.value)),
    `what was not read (${[...told].join(' ')}) does not matter`,
    text,
  );
  const marked = evaluate(MARKED);
  holds(marked.diagnostics.length > 0 === failed, 'marks decide no error', text);
  if (!failed)
    holds(
      identical(unmarkDeep(marked.value)[0], plain.value),
      'the long way gives what the short way gives',
      text,
    );

  // What fails only once it is known turns `can` and `try` round, in the reference too.
  if (failed || !isWhollyKnown(plain.value) || /\b(?:can|try)\(/.test(text)) return;
  for (const name of new Set(variables.map(({ root }) => root!))) {
    const known = SAMPLE[name];
    if (known === undefined) continue;
    const vague = evaluate({ ...SAMPLE, [name]: unknown(typeOf(known)) });
    if (vague.diagnostics.length > 0 || !isWhollyKnown(vague.value)) continue;
    // A result of a conditional keeps its own type where the other one's is not known, in the reference too.
    const same = text.includes('?') ? sameContent : identical;
    holds(same(vague.value, plain.value), `what is known of an unknown ${name} is true`, text);
  }
}

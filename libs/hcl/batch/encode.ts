import {
  BigFloat,
  fromDouble,
  formatNumber,
  isWhole,
  parseNumber,
  equals,
  toDecimalString,
  toDouble,
} from '../number/index.js';
import { quote } from '../values/quote.js';
import { compareText, typeToJson } from '../values/type.js';
import {
  entriesOf,
  summaryOf,
  typeOf,
  type NumberValue,
  type Refinement,
  type Value,
} from '../values/value.js';
import { type EncodedValue } from './decode.js';

/** The value with its type, unknown parts and marks in the open. O(size). */
export function encodeValue(value: Value): EncodedValue {
  const { hasUnknown, hasMarks } = summaryOf(value);
  return {
    type: typeToJson(typeOf(value)),
    value: encode(value),
    ...(hasUnknown && { hasUnknown }),
    ...(hasMarks && { hasMarks }),
  };
}

function encode(value: Value): unknown {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' || value instanceof BigFloat) return encodeNumber(value);
  switch (value.kind) {
    case 'null':
      return null;
    case 'unknown': {
      const refinements = encodeRefinement(value.refinement);
      return { $unknown: typeToJson(value.type), ...(refinements !== undefined && { refinements }) };
    }
    case 'marked':
      return {
        $marks: [...value.marks].sort(compareText),
        type: typeToJson(typeOf(value.value)),
        value: encode(value.value),
      };
    case 'capsule':
      return { $capsule: value.type.name };
    case 'object':
    case 'map': {
      const out: Record<string, unknown> = {};
      for (const [key, item] of entriesOf(value))
        Object.defineProperty(out, key, {
          value: encode(item),
          enumerable: true,
          configurable: true,
          writable: true,
        });
      return out;
    }
    default:
      return value.items.map(encode);
  }
}

/** A JSON number where JavaScript prints the same decimal, the decimal's text otherwise. */
function encodeNumber(value: NumberValue): unknown {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value === 0 ? 0 : value;
  if (value instanceof BigFloat && value.isInfinite) return { $num: value.negative ? '-Inf' : '+Inf' };
  // The decimal of a power of two can be that of the double before it: the decimal decides.
  const decimal = toDecimalString(value);
  const double = Number(decimal);
  return Number.isFinite(double) && toDecimalString(fromDouble(double)) === decimal
    ? double
    : { $num: decimal };
}

/** As cty prints it, which tells a refinement that says nothing from none; undefined where there is none. */
export function encodeRefinement(refinement: Refinement | undefined): string | undefined {
  if (refinement === undefined) return undefined;
  const calls: string[] = [];
  if (refinement.notNull === true) calls.push('.NotNull()');
  if (refinement.prefix !== undefined) calls.push(`.StringPrefixFull(${quote(refinement.prefix)})`);
  for (const [which, bound] of [
    ['Lower', refinement.lower],
    ['Upper', refinement.upper],
  ] as const)
    if (bound !== undefined) calls.push(`.Number${which}Bound(${goNumber(bound.value)}, ${bound.inclusive})`);
  if (refinement.minLength !== undefined) calls.push(`.CollectionLengthLowerBound(${refinement.minLength})`);
  if (refinement.maxLength !== undefined) calls.push(`.CollectionLengthUpperBound(${refinement.maxLength})`);
  return calls.length === 1 && refinement.notNull === true
    ? 'RefineNotNull()'
    : `Refine()${calls.join('')}.NewValue()`;
}

function goNumber(value: NumberValue): string {
  if (isWhole(value)) return `cty.NumberIntVal(${shortest(value)})`;
  const double = toDouble(value);
  const exact = parseNumber(toDecimalString(double));
  return exact !== undefined && equals(exact, value)
    ? `cty.NumberFloatVal(${double})`
    : `cty.MustParseNumberVal(${quote(toDecimalString(value))})`;
}

/** Go's `%v` of a big float: shortest digits, an exponent from 21 digits on. */
function shortest(value: NumberValue): string {
  const decimal = toDecimalString(value);
  const digits = decimal.replace('-', '').length;
  if (digits < 22 && !(value instanceof BigFloat)) return decimal;
  const significant = decimal.replace(/^-/, '').replace(/0+$/, '').length;
  return formatNumber(value, 'e', Math.max(significant - 1, 0));
}

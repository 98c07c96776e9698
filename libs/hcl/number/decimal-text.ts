import { type BigFloat, type Num } from './big-float.js';

/** 0.d₁d₂d₃…·10^exponent; no trailing zeros, and no digits at all for zero. */
interface Decimal {
  readonly digits: string;
  readonly exponent: number;
}

const texts = new WeakMap<BigFloat, string>();

/**
 * The shortest decimal text, never with an exponent, that reads back as the same number at its precision: what `tostring`,
 * templates and `jsonencode` print. O(precision + |exponent|) once, kept afterwards.
 */
export function toDecimalString(a: Num): string {
  if (typeof a === 'number') return Object.is(a, -0) ? '-0' : String(a);
  let text = texts.get(a);
  if (text === undefined) texts.set(a, (text = formatNumber(a, 'f', -1)));
  return text;
}

/**
 * Like Go's `big.Float.Text`: format `e` (d.ddde±dd), `f` (ddd.ddd), `g` (`e` for large exponents, `f` otherwise) or their
 * capitals; `precision` counts digits after the point (`e`, `f`) or in all (`g`), -1 means as few as necessary.
 */
export function formatNumber(a: Num, format: 'e' | 'E' | 'f' | 'g' | 'G', precision: number): string {
  if (typeof a !== 'number' && a.isInfinite) return a.negative ? '-Inf' : '+Inf';
  const negative = typeof a === 'number' ? a < 0 || Object.is(a, -0) : a.negative;
  const text = formatDecimal(a, format, precision);
  return negative ? `-${text}` : text;
}

function formatDecimal(a: Num, format: 'e' | 'E' | 'f' | 'g' | 'G', precision: number): string {
  const shortest = precision < 0;
  const d = shortest ? shortestDecimal(a) : exactDecimal(a);
  const mark = format === 'E' || format === 'G' ? 'E' : 'e';
  if (format === 'f') {
    const places = shortest ? Math.max(d.digits.length - d.exponent, 0) : precision;
    return fixed(shortest ? d : roundedTo(d, d.exponent + places), places);
  }
  if (format === 'e' || format === 'E') {
    const places = shortest ? d.digits.length - 1 : precision;
    return scientific(shortest ? d : roundedTo(d, 1 + places), places, mark);
  }
  const count = shortest ? d.digits.length : Math.max(precision, 1);
  const r = shortest ? d : roundedTo(d, count);
  const limit = shortest
    ? 6
    : count > r.digits.length && r.digits.length >= r.exponent
      ? r.digits.length
      : count;
  if (r.exponent - 1 < -4 || r.exponent - 1 >= limit) {
    return scientific(r, Math.min(count, r.digits.length) - 1, mark);
  }
  return fixed(r, Math.max((count > r.exponent ? r.digits.length : count) - r.exponent, 0));
}

function scientific(d: Decimal, places: number, mark: string): string {
  const fraction = places > 0 ? `.${d.digits.slice(1, places + 1).padEnd(places, '0')}` : '';
  const exponent = d.digits === '' ? 0 : d.exponent - 1;
  const sign = exponent < 0 ? '-' : '+';
  return `${d.digits[0] ?? '0'}${fraction}${mark}${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function fixed(d: Decimal, places: number): string {
  const whole = d.exponent > 0 ? d.digits.slice(0, d.exponent).padEnd(d.exponent, '0') : '0';
  if (places <= 0) return whole;
  const leading = d.exponent < 0 ? '0'.repeat(Math.min(-d.exponent, places)) : '';
  const rest = d.digits.slice(Math.max(d.exponent, 0));
  return `${whole}.${(leading + rest).slice(0, places).padEnd(places, '0')}`;
}

/** All digits of a number. */
function exactDecimal(a: Num): Decimal {
  if (typeof a === 'number') return wholeDecimal(String(Math.abs(a)));
  return decimalOf(a.mantissa, a.exponent);
}

function decimalOf(mantissa: bigint, exponent: number): Decimal {
  if (exponent >= 0) {
    return wholeDecimal((mantissa << BigInt(exponent)).toString());
  }
  const d = wholeDecimal((mantissa * 5n ** BigInt(-exponent)).toString());
  return { digits: d.digits, exponent: d.exponent + exponent };
}

function wholeDecimal(text: string): Decimal {
  if (text === '0') return { digits: '', exponent: 0 };
  return { digits: trimZeros(text), exponent: text.length };
}

/**
 * The fewest digits between the midpoints to both neighbours at the number's precision: the algorithm of Go's math/big
 * (roundShortest), including what it does at powers of ten, so that texts agree to the digit.
 */
function shortestDecimal(a: Num): Decimal {
  const d = exactDecimal(a);
  if (typeof a === 'number') return d;
  const { middle, exponent } = halfUlps(a);
  const lower = decimalOf(middle - 1n, exponent);
  const upper = decimalOf(middle + 1n, exponent);
  const inclusive = (middle & 2n) === 0n;
  for (let i = 0; i < d.digits.length; i++) {
    const digit = d.digits.charCodeAt(i);
    const low = i < lower.digits.length ? lower.digits.charCodeAt(i) : 48;
    const high = i < upper.digits.length ? upper.digits.charCodeAt(i) : 48;
    const mayDrop = low !== digit || (inclusive && i + 1 === lower.digits.length);
    const mayRaise = digit !== high && (inclusive || digit + 1 < high || i + 1 < upper.digits.length);
    if (mayDrop && mayRaise) return roundedTo(d, i + 1);
    if (mayDrop) return { digits: trimZeros(d.digits.slice(0, i + 1)), exponent: d.exponent };
    if (mayRaise) return raised(d, i + 1);
  }
  return d;
}

/** The mantissa in units of half of the last place at the number's precision. */
function halfUlps(a: BigFloat): { middle: bigint; exponent: number } {
  const shift = a.precision + 1 - a.bits;
  return { middle: a.mantissa << BigInt(shift), exponent: a.exponent - shift };
}

/** Rounded half to even to `count` digits; unchanged where it has no more. */
function roundedTo(d: Decimal, count: number): Decimal {
  if (count < 0 || count >= d.digits.length) return d;
  const next = d.digits.charCodeAt(count);
  const half = next === 53 && count + 1 === d.digits.length;
  const up = half ? count > 0 && (d.digits.charCodeAt(count - 1) & 1) === 1 : next >= 53;
  return up ? raised(d, count) : { digits: trimZeros(d.digits.slice(0, count)), exponent: d.exponent };
}

function raised(d: Decimal, count: number): Decimal {
  if (count >= d.digits.length) return d;
  let n = count;
  while (n > 0 && d.digits[n - 1] === '9') n--;
  if (n === 0) return { digits: '1', exponent: d.exponent + 1 };
  return {
    digits: d.digits.slice(0, n - 1) + String(Number(d.digits[n - 1]) + 1),
    exponent: d.exponent,
  };
}

function trimZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits.charCodeAt(end - 1) === 48) end--;
  return digits.slice(0, end);
}

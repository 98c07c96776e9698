import {
  type BigFloat,
  bitLength,
  NEGATIVE_INFINITY,
  type Num,
  POSITIVE_INFINITY,
  rounded,
} from './big-float.js';
import { isInfinite, truncate } from './arithmetic.js';
import { parseNumber } from './parse-number.js';

/** A double as a number of the language, exactly and with its own 53 bits of precision. NaN throws a RangeError. */
export function fromDouble(x: number): Num {
  if (Number.isSafeInteger(x)) return x;
  if (Number.isNaN(x)) throw new RangeError('NaN is not a number of the language');
  if (x === Infinity) return POSITIVE_INFINITY;
  if (x === -Infinity) return NEGATIVE_INFINITY;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = BigInt.asUintN(52, bits);
  const mantissa = biased === 0 ? fraction : fraction | (1n << 52n);
  return rounded(x < 0, mantissa, Math.max(biased, 1) - 1075, 53);
}

/** A number as JSON or JavaScript writes it: 0.1 is the decimal 0.1, not the double nearest to it. NaN throws a RangeError. */
export function fromJsonNumber(x: number): Num {
  if (Number.isSafeInteger(x)) return x;
  if (!Number.isFinite(x)) return fromDouble(x);
  return parseNumber(String(x)) as Num;
}

/** The nearest double, ties to even; ±Infinity where it is out of range. */
export function toDouble(a: Num): number {
  if (typeof a === 'number') return a;
  const sign = a.negative ? -1 : 1;
  if (a.isInfinite) return sign * Infinity;
  const top = a.bits + a.exponent;
  if (top > 1024) return sign * Infinity;
  if (top < -1074) return sign * 0;
  const precision = top > -1022 ? 53 : top + 1074;
  // Half of the smallest double and less is zero, more than half is that double.
  if (precision === 0) return sign * (a.mantissa === 1n ? 0 : Number.MIN_VALUE);
  const { mantissa, exponent } = narrowed(a, precision);
  return exponent > 971
    ? sign * Number(mantissa) * 2 ** 971 * 2 ** (exponent - 971)
    : sign * Number(mantissa) * 2 ** exponent;
}

function narrowed(a: BigFloat, precision: number): { mantissa: bigint; exponent: number } {
  const excess = a.bits - precision;
  if (excess <= 0) return a;
  const rest = BigInt.asUintN(excess, a.mantissa);
  const half = 1n << BigInt(excess - 1);
  let mantissa = a.mantissa >> BigInt(excess);
  if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa += 1n;
  return { mantissa, exponent: a.exponent + excess };
}

/** A whole number of any size, exactly. */
export function fromBigInt(n: bigint): Num {
  const magnitude = n < 0n ? -n : n;
  return rounded(n < 0n, magnitude, 0, Math.max(64, bitLength(magnitude)));
}

/** The whole part. Throws a RangeError for infinities. */
export function toBigInt(a: Num): bigint {
  const whole = truncate(a);
  if (typeof whole === 'number') return BigInt(whole);
  if (isInfinite(whole)) throw new RangeError('an infinity is no integer');
  const magnitude = whole.mantissa << BigInt(whole.exponent);
  return whole.negative ? -magnitude : magnitude;
}

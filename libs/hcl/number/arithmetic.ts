import {
  BigFloat,
  DECIMAL_PRECISION,
  NEGATIVE_INFINITY,
  type Num,
  POSITIVE_INFINITY,
  rounded,
  widen,
} from './big-float.js';
import { toDecimalString } from './decimal-text.js';

/** Thrown where arithmetic has no answer, such as 0/0. The message is the one of the reference implementation. */
export class UndefinedResult extends RangeError {
  override readonly name = 'UndefinedResult';
}

export function add(a: Num, b: Num): Num {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return addBig(a, b, "can't compute sum of opposing infinities");
}

export function subtract(a: Num, b: Num): Num {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return addBig(a, negate(b), "can't subtract infinity from itself");
}

export function multiply(a: Num, b: Num): Num {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    if (Number.isSafeInteger(product)) return product;
  }
  const negative = isNegative(a) !== isNegative(b);
  if (isInfinite(a) || isInfinite(b)) {
    if (a === 0 || b === 0) throw new UndefinedResult("can't multiply zero by infinity");
    return infinity(negative);
  }
  if (a === 0 || b === 0) return negative ? -0 : 0;
  const x = big(a);
  const y = big(b);
  const mantissa = x.mantissa * y.mantissa;
  const product = rounded(negative, mantissa, x.exponent + y.exponent, DECIMAL_PRECISION);
  if (typeof product === 'number' || product.isInfinite) return product;
  return withPrecision(product, Math.max(x.precision, y.precision, product.bits));
}

/** Division by zero is an infinity; zero by zero and infinity by infinity throw UndefinedResult. */
export function divide(a: Num, b: Num): Num {
  if (typeof a === 'number' && typeof b === 'number') {
    const quotient = a / b;
    if (Number.isSafeInteger(quotient) && quotient * b === a) return quotient;
  }
  const negative = isNegative(a) !== isNegative(b);
  if ((a === 0 && b === 0) || (isInfinite(a) && isInfinite(b))) {
    throw new UndefinedResult("can't divide zero by zero or infinity by infinity");
  }
  if (b === 0 || isInfinite(a)) return infinity(negative);
  if (a === 0 || isInfinite(b)) return negative ? -0 : 0;
  const x = big(a);
  const y = big(b);
  const precision = Math.max(x.precision, y.precision);
  const shift = precision + 2 - x.bits + y.bits;
  const numerator = x.mantissa << BigInt(shift);
  const quotient = numerator / y.mantissa;
  const inexact = quotient * y.mantissa === numerator ? 0n : 1n;
  return rounded(negative, (quotient << 1n) | inexact, x.exponent - y.exponent - shift - 1, precision);
}

/** The remainder of truncated division, with the sign of `a`; `a` itself where `b` is zero. */
export function modulo(a: Num, b: Num): Num {
  if (typeof a === 'number' && typeof b === 'number') {
    if (b === 0) return a;
    const remainder = a % b;
    return remainder === 0 && a !== 0 ? 0 : remainder;
  }
  if (isInfinite(a) || isInfinite(b)) throw new UndefinedResult("can't use modulo with zero and infinity");
  if (b === 0) return a;
  const precision = precisionOf(a);
  const whole = withPrecision(truncate(divide(a, b)), precision);
  if (whole === 0) return a;
  const x = big(whole);
  const y = big(b);
  const product = rounded(
    x.negative !== y.negative,
    x.mantissa * y.mantissa,
    x.exponent + y.exponent,
    precision,
  );
  return withPrecision(subtract(a, product), precision);
}

export function negate(a: Num): Num {
  if (typeof a === 'number') return -a;
  if (a.isInfinite) return infinity(!a.negative);
  return new BigFloat(!a.negative, a.mantissa, a.exponent, a.precision);
}

export function absolute(a: Num): Num {
  return isNegative(a) ? negate(a) : a;
}

/** Negative, zero or positive, like a comparison function of `Array.sort`. */
export function compare(a: Num, b: Num): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const sign = signum(a);
  if (sign !== signum(b)) return sign - signum(b);
  // Here the signs agree and neither is zero: one of the two is no safe integer.
  const x = big(a);
  const y = big(b);
  if (x.isInfinite || y.isInfinite) return x === y ? 0 : x.isInfinite ? sign : -sign;
  const top = x.exponent + x.bits - (y.exponent + y.bits);
  if (top !== 0) return top * sign;
  const gap = x.exponent - y.exponent;
  const m = gap > 0 ? x.mantissa << BigInt(gap) : x.mantissa;
  const n = gap < 0 ? y.mantissa << BigInt(-gap) : y.mantissa;
  return m === n ? 0 : m > n ? sign : -sign;
}

/**
 * Equality as the language has it: whole numbers by value, all others by their shortest decimal texts, so that what differs
 * only in bits beyond those of a decimal number is equal (0.1 + 0.2 == 0.3).
 */
export function equals(a: Num, b: Num): boolean {
  if (typeof a === 'number' || typeof b === 'number') return a === b;
  if (a === b) return true;
  if (a.negative !== b.negative || a.isInfinite || b.isInfinite) return false;
  if (a.exponent === b.exponent && a.mantissa === b.mantissa && a.precision === b.precision) return true;
  const whole = a.exponent >= 0;
  if (whole !== b.exponent >= 0) return false;
  if (whole) return a.exponent === b.exponent && a.mantissa === b.mantissa;
  return toDecimalString(a) === toDecimalString(b);
}

/** -1, 0 or 1. */
export function signum(a: Num): number {
  return typeof a === 'number' ? Math.sign(a) + 0 : a.negative ? -1 : 1;
}

export function isInfinite(a: Num): boolean {
  return typeof a !== 'number' && a.isInfinite;
}

export function isWhole(a: Num): boolean {
  return typeof a === 'number' || (a.exponent >= 0 && !a.isInfinite);
}

/** Towards zero. Infinities stay. */
export function truncate(a: Num): Num {
  if (typeof a === 'number' || a.exponent >= 0) return a;
  if (a.bits + a.exponent <= 0) return a.negative ? -0 : 0;
  return rounded(a.negative, a.mantissa >> BigInt(-a.exponent), 0, a.precision);
}

export function floor(a: Num): Num {
  if (typeof a === 'number') return a + 0;
  return a.exponent >= 0 ? a : aside(a, a.negative);
}

export function ceil(a: Num): Num {
  if (typeof a === 'number') return a + 0;
  return a.exponent >= 0 ? a : aside(a, !a.negative);
}

/** The same value rounded to, and from here on carried with, another precision. */
export function withPrecision(a: Num, precision: number): Num {
  if (typeof a === 'number') return precision >= 53 ? a : rounded(a < 0, big(a).mantissa, 0, precision);
  if (a.isInfinite || a.precision === precision) return a;
  if (a.bits <= precision) return new BigFloat(a.negative, a.mantissa, a.exponent, precision);
  return rounded(a.negative, a.mantissa, a.exponent, precision);
}

/** The whole number next to a fraction: away from zero or towards it. */
function aside(a: BigFloat, away: boolean): Num {
  const whole = a.bits + a.exponent <= 0 ? 0n : a.mantissa >> BigInt(-a.exponent);
  const magnitude = away ? whole + 1n : whole;
  return rounded(a.negative && magnitude !== 0n, magnitude, 0, a.precision);
}

function addBig(a: Num, b: Num, nonsense: string): Num {
  if (isInfinite(a) || isInfinite(b)) {
    if (isInfinite(a) && isInfinite(b) && a !== b) throw new UndefinedResult(nonsense);
    return isInfinite(a) ? a : b;
  }
  const precision = Math.max(precisionOf(a), precisionOf(b));
  if (a === 0) return withPrecision(b, precision);
  if (b === 0) return withPrecision(a, precision);
  const x = big(a);
  const y = big(b);
  const distance = x.exponent + x.bits - (y.exponent + y.bits);
  if (distance > precision + 2) return addDust(x, y.negative, precision);
  if (-distance > precision + 2) return addDust(y, x.negative, precision);
  const exponent = Math.min(x.exponent, y.exponent);
  const m = x.mantissa << BigInt(x.exponent - exponent);
  const n = y.mantissa << BigInt(y.exponent - exponent);
  if (x.negative === y.negative) return rounded(x.negative, m + n, exponent, precision);
  const difference = m - n;
  if (difference === 0n) return 0;
  return difference > 0n
    ? rounded(x.negative, difference, exponent, precision)
    : rounded(y.negative, -difference, exponent, precision);
}

/** `a` plus something too small to matter but for the rounding: without it 1e30000 + 1 would be made of 100,000 bits. */
function addDust(a: BigFloat, negative: boolean, precision: number): Num {
  const shift = precision + 3 - a.bits;
  const mantissa = (a.mantissa << BigInt(shift)) + (negative === a.negative ? 1n : -1n);
  return rounded(a.negative, mantissa, a.exponent - shift, precision);
}

function big(a: Num): BigFloat {
  return typeof a === 'number' ? widen(a) : a;
}

function precisionOf(a: Num): number {
  return typeof a === 'number' ? DECIMAL_PRECISION : a.precision;
}

function isNegative(a: Num): boolean {
  return typeof a === 'number' ? a < 0 || Object.is(a, -0) : a.negative;
}

function infinity(negative: boolean): BigFloat {
  return negative ? NEGATIVE_INFINITY : POSITIVE_INFINITY;
}

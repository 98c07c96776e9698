import { BigFloat } from '../number/index.js';
import { type NumberValue } from './value.js';

// The arithmetic of HCL is that of 512-bit binary floats. Integers up to 2^53 stay JavaScript numbers.

/** The canonical form: a JavaScript number where a double says exactly the same. */
export function canonicalNumber(value: BigFloat): NumberValue {
  const double = value.toNumber();
  if (!Number.isFinite(double)) return value.isInfinite() ? double : value;
  if (double === 0) return value.isZero() ? 0 : value;
  return BigFloat.fromNumber(double).cmp(value) === 0 ? double : value;
}

export const toBig = (value: NumberValue): BigFloat =>
  typeof value === 'number' ? BigFloat.fromNumber(value) : value;

/** The number that a decimal text says, or undefined. */
export function parseNumber(text: string): NumberValue | undefined {
  if (/^-?\d{1,15}$/.test(text)) {
    const value = Number(text);
    return value === 0 ? 0 : value;
  }
  if (/^-?\d{1,12}\.(?:0|5|25|75)$/.test(text)) return Number(text);
  const big = BigFloat.tryParse(text);
  return big === undefined ? undefined : canonicalNumber(big);
}

/** Decimal, never in exponent form, with as many digits as are needed; as `tostring` gives. */
export function formatNumber(value: NumberValue): string {
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return String(value);
    if (value === Infinity) return 'Inf';
    if (value === -Infinity) return '-Inf';
  }
  return toBig(value).toDecimalString();
}

export const isInteger = (value: NumberValue): boolean =>
  typeof value === 'number' ? Number.isInteger(value) : value.isInteger();

export function compareNumbers(a: NumberValue, b: NumberValue): number {
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : 0;
  return toBig(a).cmp(toBig(b));
}

export function equalNumbers(a: NumberValue, b: NumberValue): boolean {
  if (typeof a === 'number' || typeof b === 'number') return a === b;
  return a.cmp(b) === 0;
}

export function add(a: NumberValue, b: NumberValue): NumberValue {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(a) && Number.isSafeInteger(b) && Number.isSafeInteger(sum)) return sum;
    if (!Number.isFinite(a) || !Number.isFinite(b)) return sum;
  }
  return canonicalNumber(toBig(a).add(toBig(b)));
}

export function subtract(a: NumberValue, b: NumberValue): NumberValue {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (Number.isSafeInteger(a) && Number.isSafeInteger(b) && Number.isSafeInteger(difference))
      return difference;
    if (!Number.isFinite(a) || !Number.isFinite(b)) return difference;
  }
  return canonicalNumber(toBig(a).sub(toBig(b)));
}

export function multiply(a: NumberValue, b: NumberValue): NumberValue {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    if (Number.isSafeInteger(a) && Number.isSafeInteger(b) && Number.isSafeInteger(product))
      return product + 0;
    if (!Number.isFinite(a) || !Number.isFinite(b)) return product;
  }
  return canonicalNumber(toBig(a).mul(toBig(b)));
}

/** `b` is not zero. */
export function divide(a: NumberValue, b: NumberValue): NumberValue {
  if (typeof a === 'number' && typeof b === 'number') {
    const quotient = a / b;
    if (Number.isSafeInteger(a) && Number.isSafeInteger(b) && Number.isSafeInteger(quotient))
      return quotient + 0;
    if (!Number.isFinite(a) || !Number.isFinite(b)) return quotient + 0;
  }
  return canonicalNumber(toBig(a).div(toBig(b)));
}

/** The remainder has the sign of `a`, as in cty. `b` is not zero. */
export function modulo(a: NumberValue, b: NumberValue): NumberValue {
  if (typeof a === 'number' && typeof b === 'number') {
    if (Number.isSafeInteger(a) && Number.isSafeInteger(b)) return (a % b) + 0;
    if (!Number.isFinite(b)) return a;
  }
  return canonicalNumber(toBig(a).mod(toBig(b)));
}

export function negate(a: NumberValue): NumberValue {
  return typeof a === 'number' ? 0 - a : canonicalNumber(a.neg());
}

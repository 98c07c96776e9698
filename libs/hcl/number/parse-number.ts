import {
  bitLength,
  DECIMAL_PRECISION,
  MAX_EXPONENT,
  NEGATIVE_INFINITY,
  type Num,
  POSITIVE_INFINITY,
  rounded,
} from './big-float.js';

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:([eEpP])([+-]?\d+))?$/;
const INFINITY = /^([+-]?)[Ii]nf$/;

/**
 * Reads what Go's `big.ParseFloat(text, 10, 512)` reads: decimal digits with an optional point and exponent (`e` decimal, `p`
 * binary), or `Inf`. Anything else, and what is out of range, is undefined. O(length²) for very long texts.
 */
export function parseNumber(text: string): Num | undefined {
  if (text.length < 16 && /^-?[1-9]\d*$/.test(text)) return Number(text);
  const match = NUMBER.exec(text);
  if (match === null) {
    const infinite = INFINITY.exec(text);
    if (infinite === null) return undefined;
    return infinite[1] === '-' ? NEGATIVE_INFINITY : POSITIVE_INFINITY;
  }
  const [, sign, whole = '', fraction = '', base, power] = match;
  if (whole === '' && fraction === '') return undefined;
  const negative = sign === '-';
  const mantissa = BigInt(whole + fraction);
  const exponent = power === undefined ? 0 : Number(power);
  if (!Number.isSafeInteger(exponent)) return undefined;
  if (mantissa === 0n) return negative ? -0 : 0;
  const five = (base === 'p' || base === 'P' ? 0 : exponent) - fraction.length;
  const two = exponent - fraction.length;
  // About the power of two of the value: 5^n has 2.32 n bits.
  if (Math.abs(two + bitLength(mantissa) + five * 2.3219) > MAX_EXPONENT) return undefined;
  if (five === 0) return rounded(negative, mantissa, two, DECIMAL_PRECISION);
  const scale = powerOfFive(Math.abs(five));
  if (five > 0) return rounded(negative, mantissa * scale.mantissa, two + scale.exponent, DECIMAL_PRECISION);
  const shift = Math.max(0, DECIMAL_PRECISION + 2 - bitLength(mantissa) + bitLength(scale.mantissa));
  const numerator = mantissa << BigInt(shift);
  const quotient = numerator / scale.mantissa;
  const inexact = quotient * scale.mantissa === numerator ? 0n : 1n;
  return rounded(negative, (quotient << 1n) | inexact, two - scale.exponent - shift - 1, DECIMAL_PRECISION);
}

interface Scaled {
  readonly mantissa: bigint;
  readonly exponent: number;
}

const powers = new Map<number, Scaled>();

/**
 * 5^n, exact up to 576 bits and rounded to that beyond, by the same steps as math/big, so that even there the last bits agree
 * and an enormous exponent costs no more than its logarithm.
 */
function powerOfFive(n: number): Scaled {
  const known = powers.get(n);
  if (known !== undefined) return known;
  const wide = DECIMAL_PRECISION + 64;
  let result: Scaled = { mantissa: 5n ** BigInt(Math.min(n, 27)), exponent: 0 };
  let factor: Scaled = { mantissa: 5n, exponent: 0 };
  for (let rest = n - 27; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = product(result, factor, wide);
    factor = product(factor, factor, wide + 64);
  }
  if (n < 1024) powers.set(n, result);
  return result;
}

function product(a: Scaled, b: Scaled, precision: number): Scaled {
  let mantissa = a.mantissa * b.mantissa;
  let exponent = a.exponent + b.exponent;
  const excess = bitLength(mantissa) - precision;
  if (excess > 0) {
    const rest = BigInt.asUintN(excess, mantissa);
    const half = 1n << BigInt(excess - 1);
    mantissa >>= BigInt(excess);
    exponent += excess;
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa += 1n;
  }
  return { mantissa, exponent };
}

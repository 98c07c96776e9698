/** Precision, in bits, of every number that is written in decimal. */
export const DECIMAL_PRECISION = 512;

/**
 * Numbers lie between 2^-131072 and 2^131072, about 10^±39456; what is beyond is an infinity or zero. (math/big goes on to
 * 2^31, where a single number printed in decimal would fill the memory.)
 */
export const MAX_EXPONENT = 131_072;

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * A number of the language. A JavaScript number is always a safe integer (or -0) and every safe integer is one, so that
 * the same value never has two forms; everything else is a BigFloat. There is no NaN.
 */
export type Num = number | BigFloat;

/**
 * An immutable binary floating-point number ±mantissa·2^exponent that is not a safe integer, or an infinity. The mantissa is
 * odd and has at most `precision` bits; an infinity has mantissa 0n. The semantics (round to nearest even, the precision of
 * a result is the larger one of its operands) are those of Go's math/big.Float, on which HCL's own numbers rest.
 */
export class BigFloat {
  /** Number of bits of the mantissa. */
  readonly bits: number;

  constructor(
    readonly negative: boolean,
    readonly mantissa: bigint,
    readonly exponent: number,
    readonly precision: number,
  ) {
    this.bits = mantissa === 0n ? 0 : bitLength(mantissa);
  }

  get isInfinite(): boolean {
    return this.mantissa === 0n;
  }
}

export const POSITIVE_INFINITY = new BigFloat(false, 0n, 0, DECIMAL_PRECISION);
export const NEGATIVE_INFINITY = new BigFloat(true, 0n, 0, DECIMAL_PRECISION);

/** Bits of a non-negative integer; 0 has none. O(bits). */
export function bitLength(n: bigint): number {
  if (n === 0n) return 0;
  const hex = n.toString(16);
  return hex.length * 4 - Math.clz32(Number.parseInt(hex[0] as string, 16)) + 28;
}

/** ±mantissa·2^exponent (mantissa ≥ 0) rounded to `precision` bits, half to even, in the one form that a value has. */
export function rounded(negative: boolean, mantissa: bigint, exponent: number, precision: number): Num {
  if (mantissa === 0n) return negative ? -0 : 0;
  if (exponent === 0 && mantissa <= MAX_SAFE && precision >= 53) {
    return negative ? -Number(mantissa) : Number(mantissa);
  }
  let m = mantissa;
  let e = exponent;
  const excess = bitLength(m) - precision;
  if (excess > 0) {
    const shift = BigInt(excess);
    const rest = BigInt.asUintN(excess, m);
    const half = 1n << (shift - 1n);
    m >>= shift;
    e += excess;
    if (rest > half || (rest === half && (m & 1n) === 1n)) m += 1n;
  }
  const zeros = trailingZeros(m);
  if (zeros > 0) {
    m >>= BigInt(zeros);
    e += zeros;
  }
  const top = bitLength(m) + e;
  if (e >= 0 && top <= 53) {
    const value = Number(m) * 2 ** e;
    return negative ? -value : value;
  }
  if (top > MAX_EXPONENT) return negative ? NEGATIVE_INFINITY : POSITIVE_INFINITY;
  if (top < -MAX_EXPONENT) return negative ? -0 : 0;
  return new BigFloat(negative, m, e, precision);
}

function trailingZeros(n: bigint): number {
  for (let zeros = 0; ; zeros += 32) {
    const low = Number(BigInt.asUintN(32, n >> BigInt(zeros)));
    if (low !== 0) return zeros + 31 - Math.clz32(low & -low);
  }
}

/** The BigFloat form of a safe integer other than zero, for arithmetic with one. */
export function widen(n: number): BigFloat {
  return new BigFloat(n < 0, BigInt(Math.abs(n)), 0, DECIMAL_PRECISION);
}

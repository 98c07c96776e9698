import { add, fromDouble, multiply, toDouble, withPrecision } from '../../number/index.js';

// Logarithm and power of doubles, bit for bit as Go computes them on amd64: Math.log and Math.pow differ in the last place
// between engines, and a compiled region must not depend on who compiled it. Sources: FreeBSD's e_log.c; N. Shibata, Efficient
// evaluation methods of elementary functions suitable for SIMD computation (2010).

const LOG_TERMS = [
  0.6666666666666735, 0.3999999999940942, 0.2857142874366239, 0.22222198432149784, 0.1818357216161805,
  0.15313837699209373, 0.14798198605116586,
] as const;
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

export function log(x: number): number {
  if (Number.isNaN(x) || x === Infinity) return x;
  if (x < 0) return NaN;
  if (x === 0) return -Infinity;
  let [fraction, exponent] = split(x);
  if (fraction < Math.SQRT1_2) {
    fraction *= 2;
    exponent--;
  }
  const [l1, l2, l3, l4, l5, l6, l7] = LOG_TERMS;
  const f = fraction - 1;
  const s = f / (2 + f);
  const s2 = s * s;
  const s4 = s2 * s2;
  const odd = s2 * (l1 + s4 * (l3 + s4 * (l5 + s4 * l7)));
  const even = s4 * (l2 + s4 * (l4 + s4 * l6));
  const half = 0.5 * f * f;
  return exponent * LN2_HIGH - (half - (s * (half + (odd + even)) + exponent * LN2_LOW) - f);
}

export function pow(x: number, y: number): number {
  if (y === 0 || x === 1) return 1;
  if (y === 1) return x;
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  // At zeros and infinities both languages follow IEEE 754.
  if (x === 0 || !Number.isFinite(x) || !Number.isFinite(y)) return x === -1 ? 1 : x ** y;
  if (y === 0.5) return Math.sqrt(x);
  if (y === -0.5) return 1 / Math.sqrt(x);
  const magnitude = Math.abs(y);
  let whole = Math.trunc(magnitude);
  let fraction = magnitude - whole;
  if (fraction !== 0 && x < 0) return NaN;
  if (whole >= 2 ** 63) {
    if (x === -1) return 1;
    return Math.abs(x) < 1 === y > 0 ? 0 : Infinity;
  }
  let result = 1;
  if (fraction !== 0) {
    if (fraction > 0.5) {
      fraction--;
      whole++;
    }
    result = exp(fraction * log(x));
  }
  let scale = 0;
  let [base, exponent] = split(x);
  for (let i = BigInt(whole); i !== 0n; i >>= 1n) {
    if (exponent < -4096 || exponent > 4096) {
      scale += exponent;
      break;
    }
    if ((i & 1n) === 1n) {
      result *= base;
      scale += exponent;
    }
    base *= base;
    exponent *= 2;
    if (base < 0.5) {
      base += base;
      exponent--;
    }
  }
  return y < 0 ? scaled(1 / result, -scale) : scaled(result, scale);
}

const EXP_TERMS = [
  0.0001984126984126984, 0.001388888888888889, 0.008333333333333333, 0.041666666666666664,
  0.16666666666666666, 0.5, 1,
] as const;

function exp(x: number): number {
  const exponent = roundHalfToEven(x * Math.LOG2E);
  let r = fused(-exponent, 0.693147180559663, x);
  r = fused(-exponent, 2.8235290563031577e-13, r);
  r *= 0.0625;
  let sum = 0.0000248015873015873;
  for (const term of EXP_TERMS) sum = fused(sum, r, term);
  r *= sum;
  for (let i = 0; i < 3; i++) r *= r + 2;
  return scaled(fused(r + 2, r, 1), exponent);
}

/** a·b + c with one rounding, as the processor's fused instruction has it. */
function fused(a: number, b: number, c: number): number {
  const product = multiply(fromDouble(a), fromDouble(b));
  return toDouble(add(withPrecision(product, 512), withPrecision(fromDouble(c), 512)));
}

function roundHalfToEven(x: number): number {
  const low = Math.floor(x);
  const rest = x - low;
  return rest < 0.5 || (rest === 0.5 && low % 2 === 0) ? low : low + 1;
}

/** x = fraction·2^exponent with 0.5 ≤ |fraction| < 1; x is finite and not zero. */
function split(x: number): [fraction: number, exponent: number] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const biased = (view.getUint16(0) >> 4) & 0x7ff;
  if (biased === 0) {
    const [fraction, exponent] = split(x * 2 ** 54);
    return [fraction, exponent - 54];
  }
  view.setUint16(0, (view.getUint16(0) & 0x800f) | (1022 << 4));
  return [view.getFloat64(0), biased - 1022];
}

/** x·2^exponent with a single rounding, also where the result is subnormal. */
function scaled(x: number, exponent: number): number {
  if (x === 0 || !Number.isFinite(x)) return x;
  const [fraction, own] = split(x);
  const total = own + exponent;
  if (total < -1075) return Math.sign(x) * 0;
  if (total > 1024) return Math.sign(x) * Infinity;
  if (total > -1022) return fraction * 2 * 2 ** (total - 1);
  return fraction * 2 ** (total + 53) * 2 ** -53;
}

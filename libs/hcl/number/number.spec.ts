import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  absolute,
  add,
  BigFloat,
  ceil,
  compare,
  DECIMAL_PRECISION,
  divide,
  equals,
  floor,
  formatNumber,
  fromBigInt,
  fromDouble,
  fromJsonNumber,
  modulo,
  multiply,
  negate,
  NEGATIVE_INFINITY,
  type Num,
  parseNumber,
  POSITIVE_INFINITY,
  signum,
  subtract,
  toBigInt,
  toDecimalString,
  toDouble,
  truncate,
  UndefinedResult,
} from './index.js';

interface Ratio {
  readonly top: bigint;
  readonly bottom: bigint;
}

/** What a number is exactly. */
function ratio(n: Num): Ratio {
  if (typeof n === 'number') return { top: BigInt(n), bottom: 1n };
  const top = n.negative ? -n.mantissa : n.mantissa;
  return n.exponent >= 0
    ? { top: top << BigInt(n.exponent), bottom: 1n }
    : { top, bottom: 1n << BigInt(-n.exponent) };
}

const magnitude = (n: bigint): bigint => (n < 0n ? -n : n);

/** |got - exact| is at most half of the distance to the next number of `precision` bits. */
function expectRounded(got: Num, exact: Ratio, precision = DECIMAL_PRECISION): void {
  const { top, bottom } = ratio(got);
  const error = magnitude(top * exact.bottom - exact.top * bottom);
  expect(error << BigInt(precision)).toBeLessThanOrEqual(magnitude(exact.top) * bottom);
}

const n = (text: string): Num => {
  const parsed = parseNumber(text);
  if (parsed === undefined) throw new Error(`not a number: ${text}`);
  return parsed;
};

const decimal = fc
  .tuple(fc.boolean(), fc.bigInt(0n, 10n ** 40n), fc.integer({ min: -60, max: 60 }))
  .map(([negative, digits, exponent]) => n(`${negative ? '-' : ''}${digits}e${exponent}`));
const anyNumber = fc.oneof(decimal, fc.maxSafeInteger(), fc.integer({ min: -20, max: 20 }));

describe('the one form of a number', () => {
  it('is a JavaScript number exactly where it is a safe integer', () => {
    fc.assert(
      fc.property(anyNumber, (a) => {
        if (typeof a === 'number') expect(Number.isSafeInteger(a)).toBe(true);
        else {
          const { top, bottom } = ratio(a);
          const whole = top % bottom === 0n;
          expect(whole && magnitude(top / bottom) <= BigInt(Number.MAX_SAFE_INTEGER)).toBe(false);
        }
      }),
    );
    expect(n('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER);
    expect(n('9007199254740992')).toBeInstanceOf(BigFloat);
    expect(subtract(n('9007199254740993'), 2)).toBe(Number.MAX_SAFE_INTEGER);
    expect(multiply(n('0.5'), 4)).toBe(2);
  });
});

describe('arithmetic', () => {
  it('is exact for whole numbers of any practical size', () => {
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 250n), 2n ** 250n), fc.bigInt(-(2n ** 250n), 2n ** 250n), (a, b) => {
        const [x, y] = [n(String(a)), n(String(b))];
        expect(toBigInt(add(x, y))).toBe(a + b);
        expect(toBigInt(subtract(x, y))).toBe(a - b);
        expect(toBigInt(multiply(x, y))).toBe(a * b);
        expect(Math.sign(compare(x, y))).toBe(a < b ? -1 : a > b ? 1 : 0);
        if (b !== 0n) expect(toBigInt(modulo(x, y))).toBe(a % b);
      }),
    );
  });

  it('rounds sums, differences, products and quotients to the nearest number of 512 bits', () => {
    fc.assert(
      fc.property(anyNumber, anyNumber, (a, b) => {
        const [x, y] = [ratio(a), ratio(b)];
        const bottom = x.bottom * y.bottom;
        expectRounded(add(a, b), { top: x.top * y.bottom + y.top * x.bottom, bottom });
        expectRounded(subtract(a, b), { top: x.top * y.bottom - y.top * x.bottom, bottom });
        expectRounded(multiply(a, b), { top: x.top * y.top, bottom });
        if (signum(b) !== 0) {
          const sign = y.top < 0n ? -1n : 1n;
          expectRounded(divide(a, b), {
            top: x.top * y.bottom * sign,
            bottom: x.bottom * magnitude(y.top),
          });
        }
      }),
    );
  });

  it('takes the dust of a far smaller number into the rounding only', () => {
    expect(toDecimalString(subtract(add(n('1e300'), n('1e-300')), n('1e300')))).toBe('0');
    expect(compare(add(n('1e30000'), 1), n('1e30000'))).toBe(0);
    expect(compare(subtract(n('1e30000'), 1), n('1e30000'))).toBe(0);
  });

  it('agrees with decimal expectations', () => {
    expect(equals(add(n('0.1'), n('0.2')), n('0.3'))).toBe(true);
    expect(equals(multiply(divide(1, 3), 3), 1)).toBe(true);
    expect(equals(n('0.1'), n('0.10000000000000000001'))).toBe(false);
    expect(toDecimalString(multiply(n('9007199254740993'), 3))).toBe('27021597764222979');
    expect(toDecimalString(divide(1, 8))).toBe('0.125');
    expect(toDecimalString(modulo(n('-7.5'), 2))).toBe('-1.5');
    expect(modulo(-7, 3)).toBe(-1);
    expect(modulo(5, 0)).toBe(5);
    expect(Object.is(modulo(-4, 2), 0)).toBe(true);
  });

  it('has infinities but nothing that is not a number', () => {
    expect(divide(1, 0)).toBe(POSITIVE_INFINITY);
    expect(divide(-1, 0)).toBe(NEGATIVE_INFINITY);
    expect(divide(5, POSITIVE_INFINITY)).toBe(0);
    expect(add(POSITIVE_INFINITY, n('1e999'))).toBe(POSITIVE_INFINITY);
    expect(negate(POSITIVE_INFINITY)).toBe(NEGATIVE_INFINITY);
    expect(compare(NEGATIVE_INFINITY, n('-1e999'))).toBeLessThan(0);
    for (const undefinedResult of [
      () => divide(0, 0),
      () => divide(POSITIVE_INFINITY, NEGATIVE_INFINITY),
      () => multiply(0, POSITIVE_INFINITY),
      () => add(POSITIVE_INFINITY, NEGATIVE_INFINITY),
      () => subtract(POSITIVE_INFINITY, POSITIVE_INFINITY),
      () => modulo(POSITIVE_INFINITY, 2),
    ]) {
      expect(undefinedResult).toThrow(UndefinedResult);
    }
    expect(multiply(n('1e30000'), n('1e30000'))).toBe(POSITIVE_INFINITY);
  });

  it('rounds to whole numbers in every direction', () => {
    const rounds = ['2.5', '-2.5', '-0.25', '3', '1e30'].map((text) =>
      [floor, ceil, truncate].map((round) => toDecimalString(round(n(text)))),
    );
    const large = '1000000000000000000000000000000';
    expect(rounds).toEqual([
      ['2', '3', '2'],
      ['-3', '-2', '-2'],
      ['-1', '0', '-0'],
      ['3', '3', '3'],
      [large, large, large],
    ]);
    expect(absolute(n('-2.5'))).toEqual(n('2.5'));
  });
});

describe('text', () => {
  it('reads back as the same number', () => {
    fc.assert(
      fc.property(anyNumber, anyNumber, (a, b) => {
        const sum = add(a, b);
        expect(equals(n(toDecimalString(sum)), sum)).toBe(true);
      }),
    );
  });

  it('keeps every digit that is written, and no others', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 10n ** 150n), fc.integer({ min: 0, max: 200 }), (digits, point) => {
        const padded = String(digits).padStart(point + 1, '0');
        const whole = padded.slice(0, padded.length - point);
        const fraction = padded.slice(padded.length - point).replace(/0+$/, '');
        const text = fraction === '' ? whole : `${whole}.${fraction}`;
        expect(toDecimalString(n(text))).toBe(text);
      }),
    );
  });

  it('shows a double with as few digits as JavaScript does', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: 1e-6, max: 1e20 }), (x) => {
        expect(toDecimalString(fromDouble(x))).toBe(String(x));
        expect(toDouble(fromDouble(x))).toBe(x);
      }),
    );
  });

  it('reads what the reference reads, and nothing else', () => {
    const readable = {
      '007': '7',
      '+5': '5',
      '.5': '0.5',
      '5.': '5',
      '1e3': '1000',
      '1E-2': '0.01',
      '1p-3': '0.125',
      Inf: '+Inf',
      '-inf': '-Inf',
      '-0': '-0',
      '0e5': '0',
    };
    for (const [text, printed] of Object.entries(readable)) expect(toDecimalString(n(text))).toBe(printed);
    for (const text of [
      '',
      '.',
      'e5',
      '1e',
      '1_000',
      '0x10',
      ' 1',
      '1 ',
      'INF',
      'NaN',
      '--1',
      '1e99999999999',
    ]) {
      expect(parseNumber(text)).toBeUndefined();
    }
  });

  it('formats like printf', () => {
    const x = n('12345.678');
    expect(formatNumber(x, 'e', 3)).toBe('1.235e+04');
    expect(formatNumber(x, 'E', -1)).toBe('1.2345678E+04');
    expect(formatNumber(x, 'f', 1)).toBe('12345.7');
    expect(formatNumber(x, 'f', 6)).toBe('12345.678000');
    expect(formatNumber(x, 'g', -1)).toBe('12345.678');
    expect(formatNumber(x, 'g', 3)).toBe('1.23e+04');
    expect(formatNumber(n('0.00001'), 'g', -1)).toBe('1e-05');
    expect(formatNumber(1_000_000, 'G', -1)).toBe('1E+06');
    expect(formatNumber(0, 'e', 2)).toBe('0.00e+00');
    expect(formatNumber(n('0.5'), 'f', 0)).toBe('0');
    expect(formatNumber(n('1.5'), 'f', 0)).toBe('2');
    expect(formatNumber(n('-0.0049'), 'f', 2)).toBe('-0.00');
    expect(formatNumber(n('9.996'), 'f', 2)).toBe('10.00');
    expect(formatNumber(NEGATIVE_INFINITY, 'f', 2)).toBe('-Inf');
  });

  it('has a range in which every number can be printed', () => {
    expect(toDecimalString(n('1e39000'))).toBe(`1${'0'.repeat(39000)}`);
    expect(toDecimalString(n('1e-39000'))).toBe(`0.${'0'.repeat(38999)}1`);
    expect([parseNumber('1e40000'), parseNumber('1e-40000'), parseNumber('1e1000000000')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(parseNumber(`0.${'0'.repeat(40000)}1e40000`)).toBeDefined();
    expect(multiply(n('1e-30000'), n('1e-30000'))).toBe(0);
    expect(() => toBigInt(POSITIVE_INFINITY)).toThrow(RangeError);
  });
});

describe('conversion', () => {
  it('to a double is to the nearest one', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 30n), fc.integer({ min: -345, max: 300 }), (digits, exponent) => {
        expect(toDouble(n(`${digits}e${exponent}`))).toBe(Number(`${digits}e${exponent}`));
      }),
    );
    expect(toDouble(n('1e400'))).toBe(Infinity);
    expect(toDouble(n('-1e-400'))).toBe(-0);
    expect(toDouble(n('5e-324'))).toBe(Number.MIN_VALUE);
    expect(toDouble(POSITIVE_INFINITY)).toBe(Infinity);
  });

  it('from a double keeps its own 53 bits of precision', () => {
    expect(toDecimalString(fromDouble(2 ** 100))).toBe('1267650600228229400000000000000');
    expect(toDecimalString(n('1267650600228229401496703205376'))).toBe('1267650600228229401496703205376');
    expect(equals(fromDouble(2 ** 100), n('1267650600228229401496703205376'))).toBe(true);
    expect(fromDouble(-Infinity)).toBe(NEGATIVE_INFINITY);
    expect(() => fromDouble(NaN)).toThrow(RangeError);
  });

  it('from JSON takes the decimal, not the double', () => {
    expect(equals(fromJsonNumber(0.1), n('0.1'))).toBe(true);
    expect(toDecimalString(fromJsonNumber(1e21))).toBe('1000000000000000000000');
    expect(fromJsonNumber(7)).toBe(7);
  });

  it('goes through bigint unharmed', () => {
    fc.assert(fc.property(fc.bigInt(), (i) => expect(toBigInt(fromBigInt(i))).toBe(i)));
  });
});

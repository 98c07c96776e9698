import { FunctionError } from '../function.js';
import { quoteBytes } from '../quote.js';

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  '\u00b5s': 1_000n,
  '\u03bcs': 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const LONGEST = 2n ** 63n;

/** Nanoseconds of a duration as Go writes it: `1h30m`, `-1.5h`, `300ms`. Throws FunctionError. */
export function parseDuration(source: string): bigint {
  const [, sign, parts] = /^([+-]?)([^]*)$/.exec(source) as RegExpExecArray;
  let rest = parts as string;
  if (rest === '0') return 0n;
  if (rest === '') throw invalid(source);
  let total = 0n;
  while (rest !== '') {
    const number = /^(\d*)(?:\.(\d*))?/.exec(rest) as RegExpExecArray;
    const [taken, whole = '', fraction = ''] = number;
    if (whole === '' && fraction === '') throw invalid(source);
    rest = rest.slice(taken.length);
    const [name] = /^[^.\d]*/.exec(rest) as RegExpExecArray;
    if (name === '') throw new FunctionError(`time: missing unit in duration ${quoteBytes(source)}`);
    const unit = UNITS[name];
    if (unit === undefined) {
      throw new FunctionError(`time: unknown unit ${quoteBytes(name)} in duration ${quoteBytes(source)}`);
    }
    rest = rest.slice(name.length);
    total += BigInt(whole || '0') * unit + (BigInt(fraction || '0') * unit) / 10n ** BigInt(fraction.length);
    if (total > LONGEST) throw invalid(source);
  }
  if (total === LONGEST && sign !== '-') throw invalid(source);
  return sign === '-' ? -total : total;
}

const invalid = (source: string): FunctionError =>
  new FunctionError(`time: invalid duration ${quoteBytes(source)}`);

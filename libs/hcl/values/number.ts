// A number in a value is a `Num`: its arithmetic, text and conversions are those of libs/hcl/number, under the names used here.
export {
  absolute,
  add,
  compare as compareNumbers,
  divide,
  equals as equalNumbers,
  isWhole as isInteger,
  modulo,
  multiply,
  negate,
  parseNumber,
  subtract,
  toDecimalString as formatNumber,
  UndefinedResult,
} from '../number/index.js';

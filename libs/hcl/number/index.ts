export * from './arithmetic.js';
export {
  BigFloat,
  bitLength,
  DECIMAL_PRECISION,
  NEGATIVE_INFINITY,
  type Num,
  POSITIVE_INFINITY,
} from './big-float.js';
export * from './conversion.js';
export * from './decimal-text.js';
export * from './parse-number.js';

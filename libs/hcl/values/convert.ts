export {
  asElement,
  ConversionError,
  conversionBetween,
  convert,
  hasConversion,
  toText,
  type Conversion,
} from './conversion/conversions.js';

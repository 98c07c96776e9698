import { explain } from './conversion/explain.js';
import { hasConversion } from './conversion/conversions.js';
import { type Type } from './type.js';

/** Why a value of one type cannot be taken for another: "string required", `attribute "a" is required`. */
export function mismatch(got: Type, want: Type): string {
  return explain(got, want, hasConversion);
}

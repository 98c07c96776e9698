import { commonType } from './conversion/common-type.js';
import { hasConversion } from './conversion/conversions.js';
import { type Type } from './type.js';

/**
 * The one type that values of all these types can be converted to, as for the results of a conditional; undefined where
 * there is none. `unsafe` also takes conversions that may fail, such as string to number.
 */
export function unify(types: readonly Type[], unsafe: boolean): Type | undefined {
  return commonType(types, unsafe, hasConversion);
}

import { type Expression } from './expression.js';
import { JsonExpression } from './json/json-expression.js';
import { JsonReferences } from './json/json-references.js';
import { NativeExpression } from './native-expression.js';

/** What of an expression is written in the native syntax: itself, or in the JSON syntax what its strings are. O(size). */
export function nativeParts(expression: Expression): readonly NativeExpression[] {
  if (expression instanceof NativeExpression) return [expression];
  return expression instanceof JsonExpression || expression instanceof JsonReferences
    ? expression.parts().flatMap(nativeParts)
    : [];
}

import { equalTypes, friendlyName, type Type } from '../values/type.js';

/** Why the two results of a conditional have no common type. */
export function describeTypeMismatch(yes: Type, no: Type): string {
  if (yes.kind === 'object' && no.kind === 'object') {
    for (const [name, type] of yes.attributes) {
      const other = no.attributes.get(name);
      if (other === undefined)
        return `The 'true' value includes object attribute "${name}", which is absent in the 'false' value`;
      if (!equalTypes(type, other))
        return `Type mismatch for object attribute "${name}": ${describeTypeMismatch(type, other)}`;
    }
    for (const name of no.attributes.keys())
      if (!yes.attributes.has(name))
        return `The 'false' value includes object attribute "${name}", which is absent in the 'true' value`;
  }
  if (yes.kind === 'tuple' && no.kind === 'tuple') {
    if (yes.elements.length !== no.elements.length)
      return `The 'true' tuple has length ${yes.elements.length}, but the 'false' tuple has length ${no.elements.length}`;
    for (const [i, type] of yes.elements.entries())
      if (!equalTypes(type, no.elements[i]!))
        return `Type mismatch for tuple element ${i}: ${describeTypeMismatch(type, no.elements[i]!)}`;
  }
  if ('element' in yes && 'element' in no && yes.kind === no.kind) {
    const structural = yes.element.kind === no.element.kind && /^(object|tuple)$/.test(yes.element.kind);
    if (structural)
      return `Mismatched ${yes.kind} element types: ${describeTypeMismatch(yes.element, no.element)}`;
  }
  if (friendlyName(yes) === friendlyName(no))
    return "At least one deeply-nested attribute or element is not compatible across both the 'true' and the 'false' value";
  return `The 'true' value is ${friendlyName(yes)}, but the 'false' value is ${friendlyName(no)}`;
}

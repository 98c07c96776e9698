import { getMetadataStorage } from 'class-validator';

interface Rule {
  readonly name?: string;
  readonly propertyName: string;
  readonly constraints?: readonly unknown[];
  readonly each?: boolean;
}

type Schema = Record<string, unknown>;

/** What class-validator enforces and JSON Schema can say, by the name of the check. */
const says: Readonly<Record<string, (constraints: readonly unknown[]) => Schema>> = {
  minLength: ([minLength]) => ({ minLength }),
  maxLength: ([maxLength]) => ({ maxLength }),
  min: ([minimum]) => ({ minimum }),
  max: ([maximum]) => ({ maximum }),
  isInt: () => ({ type: 'integer' }),
  matches: ([pattern]) => (pattern instanceof RegExp ? { pattern: pattern.source } : {}),
  arrayMinSize: ([minItems]) => ({ minItems }),
  arrayMaxSize: ([maxItems]) => ({ maxItems }),
  isIso8601: () => ({ format: 'date-time' }),
};

const onLists = new Set(['arrayMinSize', 'arrayMaxSize']);

/** Adds to the schema of a request's class what its decorators enforce; a member that it does not name is refused. */
export function constrain(name: string, schema: Schema): void {
  const rules = rulesOf(name);
  const properties = schema['properties'] as Record<string, Schema> | undefined;
  if (rules.length === 0 || !properties) return;
  schema['additionalProperties'] = false;
  for (const { name: check, propertyName, constraints = [], each = false } of rules) {
    const property = properties[propertyName];
    const told = says[check ?? '']?.(constraints);
    if (!property || !told) continue;
    const items = property['items'] as Schema | undefined;
    const of = each && !onLists.has(check ?? '') && items ? items : property;
    if (!('$ref' in of)) Object.assign(of, told);
  }
}

/** Nest names schemas after their classes; class-validator keeps rules by class, those of its bases included. */
function rulesOf(name: string): readonly Rule[] {
  const storage = getMetadataStorage() as unknown as {
    readonly validationMetadatas: ReadonlyMap<unknown, readonly Rule[]>;
  };
  const found: Rule[] = [];
  for (const target of storage.validationMetadatas.keys()) {
    if (typeof target !== 'function' || target.name !== name) continue;
    for (let at: unknown = target; typeof at === 'function'; at = Object.getPrototypeOf(at) as unknown)
      found.push(...(storage.validationMetadatas.get(at) ?? []));
  }
  return found;
}

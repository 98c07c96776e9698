import { type Diagnostic, type SourceRange } from '../../kernel/diagnostic.js';
import { type StaticExpression as Expression } from '../static-expression.js';
import { ConversionError, convert } from '../values/convert.js';
import {
  BOOL,
  DYNAMIC,
  listOf,
  mapOf,
  NUMBER,
  objectOf,
  setOf,
  STRING,
  tupleOf,
  type Type,
} from '../values/type.js';
import { type Value } from '../values/value.js';
import { Defaults } from './defaults.js';

export interface TypeConstraint {
  readonly type: Type;
  /** The defaults of optional attributes; undefined where there are none. */
  readonly defaults: Defaults | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * A type written as an expression: `list(object({ a = string, b = optional(number, 1) }))`, with `any` for what is left open.
 * With `defaults: false` an optional attribute takes no default.
 */
export function parseTypeConstraint(
  expression: Expression,
  { defaults = true }: { readonly defaults?: boolean } = {},
): TypeConstraint {
  return read(expression, 'constraint', defaults);
}

/** A type as an expression, fully determined: no `any`, nothing optional. */
export function parseType(expression: Expression): Omit<TypeConstraint, 'defaults'> {
  const { type, diagnostics } = read(expression, 'exact', false);
  return { type, diagnostics };
}

function read(expression: Expression, mode: 'exact' | 'constraint', withDefaults: boolean): TypeConstraint {
  const diagnostics: Diagnostic[] = [];
  const { type, defaults } = new Reader(mode, withDefaults, diagnostics).read(expression);
  return { type, defaults, diagnostics };
}

interface Read {
  readonly type: Type;
  readonly defaults?: Defaults | undefined;
}

const COLLECTIONS = { list: listOf, set: setOf, map: mapOf };
const ARGUMENT: Readonly<Record<string, string>> = {
  list: 'The list type constructor requires one argument specifying the element type.',
  set: 'The set type constructor requires one argument specifying the element type.',
  map: 'The map type constructor requires one argument specifying the element type.',
  object:
    'The object type constructor requires one argument specifying the attribute types and values as a map.',
  tuple: 'The tuple type constructor requires one argument specifying the element types as a list.',
};

class Reader {
  constructor(
    private readonly mode: 'exact' | 'constraint',
    private readonly withDefaults: boolean,
    private readonly diagnostics: Diagnostic[],
  ) {}

  private fail(detail: string, subject: SourceRange, context?: SourceRange): Read {
    this.diagnostics.push({
      severity: 'error',
      code: 'hcl/type',
      summary: 'Invalid type specification',
      detail,
      subject,
      ...(context && { context }),
    });
    return { type: DYNAMIC };
  }

  read(expression: Expression): Read {
    const { range } = expression;
    const keyword = expression.asKeyword();
    switch (keyword) {
      case undefined:
        break;
      case 'bool':
        return { type: BOOL };
      case 'string':
        return { type: STRING };
      case 'number':
        return { type: NUMBER };
      case 'any':
        if (this.mode === 'constraint') return { type: DYNAMIC };
        return this.fail(
          'The keyword "any" cannot be used in this type specification: an exact type is required.',
          range,
        );
      default:
        return this.fail(
          ARGUMENT[keyword] ?? `The keyword "${keyword}" is not a valid type specification.`,
          range,
        );
    }
    const call = expression.asCall();
    if (call === undefined)
      return this.fail(
        'A type specification is either a primitive type keyword (bool, number, string) or a complex type constructor call, like list(string).',
        range,
      );
    const { name, arguments: args, argumentsRange } = call;
    if (name === 'bool' || name === 'string' || name === 'number')
      return this.fail(`Primitive type keyword "${name}" does not expect arguments.`, argumentsRange);
    if (name === 'any')
      return this.fail(`Type constraint keyword "any" does not expect arguments.`, argumentsRange);
    const wanted = ARGUMENT[name];
    if (wanted !== undefined && args.length !== 1) {
      const subject =
        args.length > 1 ? { ...args[1]!.range, end: args[args.length - 1]!.range.end } : argumentsRange;
      return this.fail(wanted, subject, argumentsRange);
    }
    switch (name) {
      case 'list':
      case 'set':
      case 'map': {
        const element = this.read(args[0]!);
        const type = COLLECTIONS[name](element.type);
        return { type, defaults: Defaults.of(type, [], element.defaults && [['', element.defaults]]) };
      }
      case 'object':
        return this.object(args[0]!, range);
      case 'tuple':
        return this.tuple(args[0]!, range);
      case 'optional':
        return this.fail(
          `Keyword "${name}" is valid only as a modifier for object type attributes.`,
          call.nameRange,
        );
      default:
        return this.fail(`Keyword "${name}" is not a valid type constructor.`, range);
    }
  }

  private tuple(argument: Expression, context: SourceRange): Read {
    const items = argument.asList();
    if (items === undefined)
      return this.fail('Tuple type constructor requires a list of element types.', argument.range, context);
    const elements = items.map((item) => this.read(item));
    const type = tupleOf(elements.map((element) => element.type));
    const children = elements.flatMap(({ defaults }, i) =>
      defaults === undefined ? [] : [[String(i), defaults] as const],
    );
    return { type, defaults: Defaults.of(type, [], children) };
  }

  private object(argument: Expression, context: SourceRange): Read {
    const items = argument.asMap();
    if (items === undefined)
      return this.fail(
        'Object type constructor requires a map whose keys are attribute names and whose values are the corresponding attribute types.',
        argument.range,
        context,
      );
    const attributes = new Map<string, Type>();
    const optional = new Set<string>();
    const values: (readonly [string, Value])[] = [];
    const children: (readonly [string, Defaults])[] = [];
    for (const { key, value } of items) {
      const name = key.asKeyword();
      if (name === undefined) {
        this.fail('Object constructor map keys must be attribute names.', key.range, context);
        continue;
      }
      if (attributes.has(name)) {
        this.fail('Object constructor map keys must be unique.', key.range, context);
        continue;
      }
      const modifier = value.asCall();
      let typeExpression = value;
      let given: Expression | undefined;
      if (modifier?.name === 'optional') {
        const [inner, fallback] = modifier.arguments;
        if (inner === undefined) {
          this.fail(
            'Optional attribute modifier requires the attribute type as its argument.',
            modifier.argumentsRange,
            value.range,
          );
          continue;
        }
        typeExpression = inner;
        if (this.mode === 'exact')
          this.fail(
            'Optional attribute modifier is only for type constraints, not for exact types.',
            modifier.nameRange,
            value.range,
          );
        else if (modifier.arguments.length > (this.withDefaults ? 2 : 1))
          this.fail(
            this.withDefaults
              ? 'Optional attribute modifier expects at most two arguments: the attribute type, and a default value.'
              : 'Optional attribute modifier expects only one argument: the attribute type.',
            modifier.argumentsRange,
            value.range,
          );
        else {
          given = fallback;
          if (given === undefined) optional.add(name);
        }
      }
      const attribute = this.read(typeExpression);
      if (given !== undefined && this.evaluateDefault(name, given, attribute.type, values))
        optional.add(name);
      attributes.set(name, attribute.type);
      if (attribute.defaults !== undefined) children.push([name, attribute.defaults]);
    }
    const type = objectOf(attributes, optional);
    return { type, defaults: Defaults.of(type, values, children) };
  }

  /** Whether the default could be evaluated at all. */
  private evaluateDefault(
    name: string,
    expression: Expression,
    type: Type,
    values: (readonly [string, Value])[],
  ): boolean {
    const { value, diagnostics } = expression.evaluate();
    this.diagnostics.push(...diagnostics);
    if (diagnostics.length > 0) return false;
    try {
      values.push([name, convert(value, type)]);
    } catch (error) {
      if (!(error instanceof ConversionError)) throw error;
      this.diagnostics.push({
        severity: 'error',
        code: 'hcl/default',
        summary: 'Invalid default value for optional attribute',
        detail: `This default value is not compatible with the attribute's type constraint: ${error.message}.`,
        subject: expression.range,
      });
    }
    return true;
  }
}

import { hasErrors, type Diagnostic, type Json, type SourceRange } from '#libs/kernel';
import {
  DYNAMIC,
  fromJs,
  isNull,
  isUnknown,
  makeObject,
  marksOf,
  NULL,
  ObjectValue,
  Origin,
  Reads,
  Scope,
  SENSITIVE,
  STRING,
  TupleValue,
  UNKNOWN,
  unknown,
  unmark,
  withMarks,
  type Block,
  type Body,
  type Expression,
  type Marks,
  type Type,
  type Value,
} from '#libs/hcl';
import { nestedType } from './nested-blocks.js';
import { outputMark } from './output-marks.js';
import { expandBlocks } from './expand-blocks.js';
import { type Level, type ParsedBlock, type ParsedFlock } from './parsed-flock.js';
import { referencesOf, referencesOfDynamic, type BlockReference, type References } from './references.js';
import { didYouMean } from './schema/index.js';

/** One of the blocks that `count` or `for_each` makes of a block; the only one where it has neither. */
export interface Instance {
  readonly block: ParsedBlock;
  readonly key: null | number | string;
  readonly address: string;
  /** `each` or `count`. */
  readonly repetition: ReadonlyMap<string, Value> | undefined;
  /** Attributes evaluated so far. */
  readonly cells: Map<string, Value | typeof evaluating>;
}

const evaluating = Symbol('evaluating');

interface LocalCell {
  readonly value: Value;
  readonly reads: Reads;
  readonly diagnostics: readonly Diagnostic[];
}

const order: Readonly<Record<Level, number>> = { fleet: 0, region: 1, target: 2 };

export interface Injected {
  readonly level: Level;
  /** What `local` has here, beyond what the parent has. */
  readonly locals: ReadonlyMap<string, Value>;
  /** Known outputs by resource address or `capability:<name>`; those of all others are unknown, and so is one given as `{ $unknown }`. */
  readonly outputs?: ReadonlyMap<string, Json>;
}

/**
 * One flock with its values: locals, instances and attributes are evaluated when something asks for them, and once. Values
 * that need only region data are kept in the parent, for all regions and targets. Records what was read and what went wrong;
 * what failed is unknown.
 */
export class Evaluation {
  readonly reads = new Reads();
  private readonly problems: Diagnostic[] = [];
  private readonly localCells = new Map<string, LocalCell | typeof evaluating>();
  private readonly used = new Set<string>();
  private readonly repeated = new Map<string, readonly Instance[] | typeof evaluating>();
  private readonly scopes = new Map<Expression, Scope>();

  constructor(
    readonly flock: ParsedFlock,
    private readonly injected: Injected,
    private readonly parent?: Evaluation,
  ) {}

  complain(diagnostic: Diagnostic): void {
    this.problems.push(diagnostic);
  }

  /** Whether something failed already; consequences of that need no error of their own. */
  hasFailed(): boolean {
    return hasErrors(this.report().diagnostics);
  }

  /** In the instance's place, with `each` or `count`. */
  evaluate(expression: Expression, instance?: Instance): Value {
    const literal = expression.asLiteral();
    if (literal !== undefined) return literal;
    let scope = this.scopeOf(expression);
    if (instance?.repetition !== undefined && referencesOf(expression).repetition.length > 0)
      scope = scope.child({ variables: instance.repetition });
    const { value, diagnostics } = expression.evaluate(scope);
    if (diagnostics.length > 0) this.problems.push(...diagnostics);
    return value;
  }

  /** The value of an attribute: as declared, else its default, else null. `id` and `outputs` are unknown before a run. */
  attribute(instance: Instance, name: string): Value {
    const known = instance.cells.get(name);
    if (known === evaluating) {
      this.complain(attributeCycle(instance, name));
      return UNKNOWN;
    }
    if (known !== undefined) return known;
    instance.cells.set(name, evaluating);
    const value = this.attributeOf(instance, name);
    instance.cells.set(name, value);
    return value;
  }

  /** The instances of a block; none where `count` or `for_each` failed. */
  instances(block: ParsedBlock): readonly Instance[] {
    const known = this.repeated.get(block.key);
    if (known === evaluating) {
      this.complain({
        severity: 'error',
        code: 'flock/cycle',
        summary: 'Number of instances in a cycle',
        detail: `How many ${block.key} there are depends on ${block.key} itself.`,
        subject: block.range,
      });
      return [];
    }
    if (known !== undefined) return known;
    this.repeated.set(block.key, evaluating);
    const instances = this.repeat(block);
    this.repeated.set(block.key, instances);
    return instances;
  }

  /** What nested blocks make, by their type; what `dynamic` blocks make none of is not among it. */
  nested(instance: Instance, except?: ReadonlySet<string>): ReadonlyMap<string, Value> {
    const found = new Map<string, Value>();
    for (const type of instance.block.nestedTypes) {
      if (except?.has(type)) continue;
      const value = this.attribute(instance, type);
      const bare = unmark(value);
      if (!isNull(bare) && !(bare instanceof TupleValue && bare.items.length === 0)) found.set(type, value);
    }
    return found;
  }

  local(name: string, range: SourceRange | undefined): Value {
    const definition = this.flock.locals.get(name);
    if (definition === undefined) {
      const value = this.injectedLocal(name);
      if (value !== undefined) return value;
      this.reads.add(new Origin(`local.${name}`));
      this.complain({
        severity: 'error',
        code: 'flock/unknown-local',
        summary: 'Unknown local',
        detail: `Neither this flock nor region data defines local.${name}.${didYouMean(name, this.localNames())}`,
        ...(range === undefined ? {} : { subject: range }),
      });
      return UNKNOWN;
    }
    this.used.add(name);
    return this.cell(name).value;
  }

  /** Paths of region data that were read and all that went wrong, here and in the locals that were used. */
  report(): { readonly reads: readonly string[]; readonly diagnostics: readonly Diagnostic[] } {
    const reads = new Set(this.reads.paths());
    const diagnostics = [...this.problems];
    const seen = new Set<string>();
    const visit = (name: string): void => {
      const definition = this.flock.locals.get(name);
      if (definition === undefined || seen.has(name)) return;
      seen.add(name);
      const cell = this.cell(name);
      for (const path of cell.reads.paths()) reads.add(path);
      diagnostics.push(...cell.diagnostics);
      for (const reference of referencesOf(definition.expression).locals) visit(reference.name);
    };
    for (const name of this.used) visit(name);
    return { reads: [...reads], diagnostics };
  }

  private cell(name: string): LocalCell {
    const definition = this.flock.locals.get(name)!;
    if (this.parent !== undefined && order[definition.level] < order[this.injected.level])
      return this.parent.cell(name);
    const known = this.localCells.get(name);
    if (known === evaluating) return { value: UNKNOWN, reads: new Reads(), diagnostics: [] };
    if (known !== undefined) return known;
    this.localCells.set(name, evaluating);
    const reads = new Reads();
    const { value, diagnostics } = definition.expression.evaluate(
      new Scope({
        variables: this.variables(referencesOf(definition.expression)),
        functions: this.flock.functions,
        reads,
      }),
    );
    const cell = { value, reads, diagnostics };
    this.localCells.set(name, cell);
    return cell;
  }

  private injectedLocal(name: string): Value | undefined {
    return this.injected.locals.get(name) ?? this.parent?.injectedLocal(name);
  }

  private localNames(): string[] {
    return [
      ...this.flock.locals.keys(),
      ...this.injected.locals.keys(),
      ...(this.parent?.localNames() ?? []),
    ];
  }

  private scopeOf(expression: Expression): Scope {
    let scope = this.scopes.get(expression);
    if (scope === undefined) {
      scope = this.scopeFor(referencesOf(expression));
      this.scopes.set(expression, scope);
    }
    return scope;
  }

  private scopeFor(references: References): Scope {
    return new Scope({
      variables: this.variables(references),
      functions: this.flock.functions,
      reads: this.reads,
    });
  }

  /** Just the roots that are referred to, with just the locals, blocks and attributes that are looked at. */
  private variables(references: References): Map<string, Value> {
    const variables = new Map<string, Value>();
    const { localShape } = references;
    if (localShape.names.length > 0)
      variables.set(
        'local',
        new ObjectValue(
          localShape,
          localShape.names.map((name) =>
            this.local(name, references.locals.find((l) => l.name === name)?.range),
          ),
        ),
      );
    if (references.blocks.length > 0) this.addBlocks(references.blocks, variables);
    return variables;
  }

  private addBlocks(references: readonly BlockReference[], variables: Map<string, Value>): void {
    const byKey = new Map<string, BlockReference[]>();
    for (const reference of references)
      byKey.set(reference.key, [...(byKey.get(reference.key) ?? []), reference]);
    const roots = new Map<string, Map<string, Value>>();
    for (const [key, looks] of byKey) {
      const block = this.flock.blocks.get(key)!;
      const root = roots.get(block.type) ?? new Map<string, Value>();
      roots.set(block.type, root.set(block.label, this.blockValue(block, looks)));
    }
    const data = new Map<string, Value>();
    for (const [type, labels] of roots)
      if (type.startsWith('data.')) data.set(type.slice(5), makeObject(labels));
      else variables.set(type, makeObject(labels));
    if (data.size > 0) variables.set('data', makeObject(data));
  }

  private blockValue(block: ParsedBlock, looks: readonly BlockReference[]): Value {
    const values = this.instances(block).map((i) => this.instanceValue(i, looks));
    if (block.attributes.has('count')) return new TupleValue(values);
    if (block.attributes.has('for_each'))
      return makeObject(this.instances(block).map((i, at) => [String(i.key), values[at]!] as const));
    return values[0] ?? UNKNOWN;
  }

  private instanceValue(instance: Instance, looks: readonly BlockReference[]): Value {
    const whole = looks.some((l) => l.attribute === undefined);
    const names = new Set(looks.flatMap((l) => l.attribute ?? []));
    const { block } = instance;
    if (whole) {
      for (const name of block.attributes.keys()) names.add(name);
      for (const type of block.nestedTypes) names.add(type);
      if (block.spec.stage === 'resources') names.add('id').add('outputs');
      for (const name of ['count', 'for_each', 'depends_on']) names.delete(name);
    }
    const outputs = whole ? undefined : namedOutputs(looks);
    return makeObject(
      [...names].map((name) => {
        if (whole && instance.cells.get(name) === evaluating)
          return [name, this.unknownOutput(instance, name, DYNAMIC)] as const;
        if (name === 'outputs' && outputs !== undefined && !block.attributes.has('outputs'))
          return [name, this.outputsOf(instance, outputs)] as const;
        return [name, this.attribute(instance, name)] as const;
      }),
    );
  }

  private attributeOf(instance: Instance, name: string): Value {
    const { block } = instance;
    const declared = block.attributes.get(name);
    const spec = Object.hasOwn(block.spec.attributes, name) ? block.spec.attributes[name] : undefined;
    if (declared !== undefined)
      return spec?.type === 'references' ? NULL : this.evaluate(declared.expression, instance);
    if (block.nestedTypes.has(name)) return this.nestedOf(instance, name);
    if (spec !== undefined) return spec.default === undefined ? NULL : fromJs(spec.default);
    if (block.spec.stage === 'resources' && name === 'outputs') return this.outputsOf(instance, undefined);
    if (block.spec.stage === 'resources' && name === 'id') return this.output(instance, 'id', ['id'], 'id');
    return NULL;
  }

  /** A list of objects; one object, or null, where the schema takes one block. What decides how many there are marks the whole. */
  private nestedOf(instance: Instance, type: string): Value {
    const { block } = instance;
    const written = block.blocks.filter((b) => nestedType(b) === type);
    const { blocks, diagnostics } = expandBlocks(written, () =>
      this.scopeFor(referencesOfDynamic(written)).child({ variables: instance.repetition ?? new Map() }),
    );
    this.problems.push(...diagnostics);
    if (!Object.hasOwn(block.spec.blocks ?? {}, type)) return this.blocksValue(blocks, instance);
    const [first, second] = blocks;
    if (second !== undefined)
      this.complain({
        severity: 'error',
        code: 'flock/duplicate-block',
        summary: `Second ${type} block`,
        detail: `${block.type} takes one "${type}" block, and ${blocks.length} are made of ${instance.address}.`,
        subject: second.headerRange,
      });
    return first === undefined ? NULL : decided([first], this.object(first.body, instance));
  }

  private blocksValue(blocks: readonly Block[], instance: Instance): Value {
    const values = blocks.map(({ body }) => this.object(body, instance));
    return decided(
      blocks,
      byLabels(
        blocks.map(({ labels }, at) => ({ labels, value: values[at]! })),
        0,
      ),
    );
  }

  /** Attributes and, as lists, nested blocks. */
  private object(body: Body, instance: Instance): Value {
    const members = new Map<string, Value>();
    for (const [name, attribute] of body.attributes)
      members.set(name, this.evaluate(attribute.expression, instance));
    for (const type of new Set(body.blocks.map((b) => b.type)))
      members.set(
        type,
        this.blocksValue(
          body.blocks.filter((b) => b.type === type),
          instance,
        ),
      );
    return makeObject(members);
  }

  /** `names` where every look at `outputs` says which; then each stands for itself. */
  private outputsOf(instance: Instance, names: ReadonlySet<string> | undefined): Value {
    const given = this.given(this.sourceOf(instance));
    if (given !== undefined) return this.givenOutputs(instance, given);
    if (names === undefined) return this.unknownOutput(instance, 'outputs', DYNAMIC);
    return makeObject(
      [...names].map((name) => [name, this.unknownOutput(instance, `outputs.${name}`, DYNAMIC)] as const),
    );
  }

  private givenOutputs(instance: Instance, given: Json): Value {
    if (!isObject(given) || !Object.values(given).some(isUnknownJson)) return fromJs(given);
    return makeObject(
      Object.entries(given).map(
        ([name, value]) =>
          [
            name,
            isUnknownJson(value) ? this.unknownOutput(instance, `outputs.${name}`, DYNAMIC) : fromJs(value),
          ] as const,
      ),
    );
  }

  private output(instance: Instance, path: string, keys: readonly string[], name: string): Value {
    let given: unknown = this.given(this.sourceOf(instance));
    if (given === undefined) return this.unknownOutput(instance, path, name === 'id' ? STRING : DYNAMIC);
    for (const key of keys) given = (given as Record<string, unknown> | null)?.[key];
    return fromJs(given ?? null);
  }

  private unknownOutput(instance: Instance, path: string, type: Type): Value {
    return withMarks(unknown(type), new Set([outputMark({ from: this.sourceOf(instance), path })]));
  }

  private sourceOf(instance: Instance): string {
    if (instance.block.type !== 'data.capability') return instance.address;
    const name = unmark(this.attribute(instance, 'name'));
    return `capability:${typeof name === 'string' ? name : instance.block.label}`;
  }

  private given(source: string): Json | undefined {
    return this.injected.outputs?.get(source) ?? this.parent?.given(source);
  }

  private repeat(block: ParsedBlock): readonly Instance[] {
    const count = block.attributes.get('count');
    const forEach = block.attributes.get('for_each');
    const make = (key: Instance['key'], repetition?: ReadonlyMap<string, Value>): Instance => ({
      block,
      key,
      address:
        key === null ? block.key : `${block.key}[${typeof key === 'number' ? key : JSON.stringify(key)}]`,
      repetition,
      cells: new Map(),
    });
    if (count !== undefined) {
      const times = this.countOf(this.evaluate(count.expression), count.expression.range);
      return Array.from({ length: times }, (_, index) =>
        make(index, new Map([['count', makeObject([['index', index]])]])),
      );
    }
    if (forEach === undefined) return [make(null)];
    return this.pairsOf(this.evaluate(forEach.expression), forEach.expression.range).map(([key, value]) =>
      make(
        key,
        new Map([
          [
            'each',
            makeObject([
              ['key', key],
              ['value', value],
            ]),
          ],
        ]),
      ),
    );
  }

  /** Whether what decides a name, a place or an address bears the mark of sensitive values; complains if so. */
  refusesSensitive(marks: Marks, what: string, range: SourceRange): boolean {
    if (!marks.has(SENSITIVE)) return false;
    this.complain({
      severity: 'error',
      code: 'flock/sensitive',
      summary: 'Sensitive value',
      detail: `${what} must not be sensitive: names, places and addresses are shown to everybody. Where it tells no secret, say so with nonsensitive(…).`,
      subject: range,
    });
    return true;
  }

  private countOf(counted: Value, range: SourceRange): number {
    if (this.refusesSensitive(marksOf(counted), 'count', range)) return 0;
    const value = unmark(counted);
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 100_000) return value;
    if (typeof value === 'string' && /^\d{1,5}$/.test(value)) return Number(value);
    if (!this.failed(value, 'count', range))
      this.complain({
        severity: 'error',
        code: 'flock/count',
        summary: 'Unsuitable count',
        detail: 'count must be a whole number from 0 to 100000.',
        subject: range,
      });
    return 0;
  }

  private pairsOf(counted: Value, range: SourceRange): readonly (readonly [string, Value])[] {
    if (this.refusesSensitive(marksOf(counted), 'for_each', range)) return [];
    const value = unmark(counted);
    if (this.failed(value, 'for_each', range)) return [];
    if (typeof value === 'object' && 'kind' in value) {
      if (value.kind === 'object') {
        if (value.origin) this.reads.add(value.origin);
        return value.shape.names.map((name, i) => [name, value.slots[i]!]);
      }
      if (value.kind === 'map') {
        if (value.origin) this.reads.add(value.origin);
        return [...value.entries];
      }
      if (value.kind === 'set' || value.kind === 'tuple' || value.kind === 'list') {
        this.reads.markOutput(value);
        if (value.items.some((item) => this.refusesSensitive(marksOf(item), 'for_each', range))) return [];
        const keys = value.items.map(unmark);
        if (keys.every((k) => typeof k === 'string') && new Set(keys).size === keys.length)
          return keys.map((k) => [k, k]);
      }
    }
    this.complain({
      severity: 'error',
      code: 'flock/for-each',
      summary: 'Unsuitable for_each',
      detail:
        'for_each takes an object, a map, or distinct strings. Of a list of objects make { for x in LIST : x.name => x }.',
      subject: range,
    });
    return [];
  }

  /** True, and said, where a value that decides what there is cannot be known. */
  private failed(value: Value, what: string, range: SourceRange): boolean {
    if (!isUnknown(value) && !isNull(value)) return false;
    if (isNull(value) || !this.hasFailed()) this.complain(notKnown(what, range, isNull(value)));
    return true;
  }
}

/** Lists of blocks; where they have labels, in an object by the first, in these by the next. */
function byLabels(
  blocks: readonly { readonly labels: readonly string[]; readonly value: Value }[],
  at: number,
): Value {
  if (blocks.length === 0 || blocks[0]!.labels.length === at)
    return new TupleValue(blocks.map((b) => b.value));
  const labels = new Set(blocks.map((b) => b.labels[at]!));
  return makeObject(
    [...labels].map(
      (label) =>
        [
          label,
          byLabels(
            blocks.filter((b) => b.labels[at] === label),
            at + 1,
          ),
        ] as const,
    ),
  );
}

/** The value of blocks of one type, marked by the collections that `dynamic` blocks made them of; unknown where one of these is. */
function decided(blocks: readonly Block[], value: Value): Value {
  const collections = blocks.flatMap(({ forEach }) => forEach ?? []);
  if (collections.length === 0) return value;
  const marks = new Set(collections.flatMap((c) => [...marksOf(c)]));
  return withMarks(collections.some((c) => isUnknown(unmark(c))) ? UNKNOWN : value, marks);
}

const isObject = (value: Json): value is Readonly<Record<string, Json>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isUnknownJson = (value: Json): boolean => isObject(value) && '$unknown' in value;

/** The names, where every reference to `outputs` writes out which. */
function namedOutputs(looks: readonly BlockReference[]): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  for (const look of looks) {
    if (look.attribute !== 'outputs') continue;
    if (look.output === undefined) return undefined;
    names.add(look.output);
  }
  return names.size > 0 ? names : undefined;
}

export const outOfRange = (what: string, subject: SourceRange): Diagnostic => ({
  severity: 'error',
  code: 'flock/number-out-of-range',
  summary: 'Number out of range',
  detail: `${what} has a number that is infinite, as a division by zero gives, or too large for anybody to take.`,
  subject,
});

export function notKnown(what: string, range: SourceRange, isNullValue: boolean): Diagnostic {
  return isNullValue
    ? {
        severity: 'error',
        code: 'flock/null-value',
        summary: 'No value',
        detail: `${what} is null here, and must have a value.`,
        subject: range,
      }
    : {
        severity: 'error',
        code: 'flock/not-known-at-compile-time',
        summary: 'Known too late',
        detail: `${what} must be known at compile time: it decides what there is. It cannot depend on ids or outputs, which are known only after a run.`,
        subject: range,
      };
}

function attributeCycle(instance: Instance, name: string): Diagnostic {
  const attribute = instance.block.attributes.get(name);
  return {
    severity: 'error',
    code: 'flock/cycle',
    summary: 'Value in a cycle',
    detail: `The value of ${instance.address}.${name} depends on itself, through other blocks. Put one of the values into a local of its own.`,
    subject: attribute?.expression.range ?? instance.block.range,
  };
}

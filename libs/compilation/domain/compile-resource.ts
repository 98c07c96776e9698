import { digestOf, type Json, type SourceRange } from '#libs/kernel';
import { unmarkDeep } from '#libs/hcl';
import { type CapabilityNeed, type CompiledResource, type ResourceDependency } from '../contract/index.js';
import { AttributeReader } from './attribute-reader.js';
import { encode, type Encoded } from './encode.js';
import { outOfRange, type Evaluation, type Instance } from './evaluation.js';
import { type Fleet } from './fleet.js';
import { type OutputSource } from './output-marks.js';
import { type ParsedBlock, type ParsedFlock } from './parsed-flock.js';
import { referencesOf, referencesWithin, type BlockReference, type References } from './references.js';
import { regionOf } from './region-attribute.js';
import { handling, metaAttributes } from './schema/index.js';

export interface ResourceInput {
  readonly flock: ParsedFlock;
  readonly region: string;
  readonly fleet: Fleet;
  /** In the target's environment. */
  readonly artifact: (name: string) => { readonly version: string; readonly digest: string } | null;
}

/** One instance of a resource, in the target of the evaluation; null where what identifies it failed. */
export function compileResource(
  evaluation: Evaluation,
  instance: Instance,
  input: ResourceInput,
): CompiledResource | null {
  const { block } = instance;
  const read = new AttributeReader(evaluation, instance);
  const { attributes, outputs } = attributesOf(evaluation, instance);
  const edges = edgesOf(evaluation, instance, input);
  const executor = read.string('executor') ?? input.flock.settings.executor;

  let publishes: CompiledResource['publishes'] = null;
  if (block.type === 'capability') {
    const name = read.string('name');
    if (name === null) return null;
    publishes = {
      name,
      partial: read.bool('partial'),
      probe: (attributes['probe'] as Readonly<Record<string, Json>> | undefined) ?? null,
    };
  }
  let artifact: CompiledResource['artifact'] = null;
  if (block.type === 'artifact_deployment') {
    const name = read.string('artifact');
    const version = name === null ? null : input.artifact(name);
    if (name !== null && version === null)
      evaluation.complain(noArtifact(name, input.flock.name, read.range('artifact')));
    if (name === null || version === null) return null;
    artifact = { name, ...version };
  }
  if (block.spec.attributes['kind']?.required === true && read.string('kind') === null) return null;

  return {
    address: instance.address,
    type: block.type as CompiledResource['type'],
    executor,
    attributes,
    dependsOn: edges.dependsOn,
    outputsRead: outputs,
    needs: edges.needs,
    publishes,
    breakCycle: breakCycleOf(evaluation, instance),
    artifact,
    lifecycle: lifecycleOf(evaluation, instance),
    range: block.range,
    digest: digestOf({ attributes, artifact: artifact?.digest ?? null, executor }),
  };
}

/** What the resource is: its attributes and nested blocks, without those that say how often, when and by whom. */
export function attributesOf(
  evaluation: Evaluation,
  instance: Instance,
): {
  readonly attributes: Readonly<Record<string, Json>>;
  readonly outputs: readonly OutputSource[];
  readonly unknown: boolean;
} {
  const { block } = instance;
  const attributes: Record<string, Json> = {};
  const outputs = new Map<string, OutputSource>();
  let unknown = false;
  const take = (name: string, encoded: Encoded, range: SourceRange): void => {
    attributes[name] = encoded.json;
    unknown ||= encoded.unknown;
    for (const source of encoded.outputs) outputs.set(`${source.from}\n${source.path}`, source);
    if (encoded.spoiledSecret !== undefined)
      evaluation.complain({
        severity: 'error',
        code: 'flock/secret-in-expression',
        summary: 'Secret within an expression',
        detail: `secret("${encoded.spoiledSecret}") is only a reference until Regional resolves it: hand it on whole, as the value of an attribute.`,
        subject: range,
      });
    if (encoded.outOfRange) evaluation.complain(outOfRange(`${name} of ${instance.address}`, range));
  };
  for (const [name, attribute] of block.attributes) {
    if (metaAttributes.has(name)) continue;
    if (block.spec.attributes[name]?.type === 'references')
      attributes[name] = addressesOf(evaluation, instance, referencesOf(attribute.expression));
    else take(name, encode(evaluation.attribute(instance, name), evaluation.reads), attribute.range);
  }
  for (const [type, value] of evaluation.nested(instance, handling))
    take(type, encode(value, evaluation.reads), block.range);
  return { attributes, outputs: [...outputs.values()], unknown };
}

/** The addresses that references in an expression stand for, in the order in which they are written; each once. */
function addressesOf(evaluation: Evaluation, instance: Instance, references: References): readonly string[] {
  return [
    ...new Set(
      withLocals(evaluation.flock, references)
        .flatMap((r) => targetsOf(evaluation, instance, r))
        .map((i) => nameOf(evaluation, i)),
    ),
  ];
}

function nameOf(evaluation: Evaluation, instance: Instance): string {
  if (instance.block.type !== 'data.capability') return instance.address;
  const [name] = unmarkDeep(evaluation.attribute(instance, 'name'));
  return `capability:${typeof name === 'string' ? name : instance.block.label}`;
}

/** Instances that a reference looks at: one where the key is written out, otherwise all. */
function targetsOf(evaluation: Evaluation, from: Instance, reference: BlockReference): readonly Instance[] {
  const block = evaluation.flock.blocks.get(reference.key);
  if (block === undefined || block.spec.stage !== 'resources') return [];
  const instances = evaluation.instances(block).filter((i) => i !== from);
  return reference.instance === undefined
    ? instances
    : instances.filter((i) => i.key === null || i.key === reference.instance);
}

function withLocals(flock: ParsedFlock, references: References): readonly BlockReference[] {
  if (references.locals.length === 0) return references.blocks;
  return [
    ...references.blocks,
    ...references.locals.flatMap(({ name, range }) =>
      (flock.locals.get(name)?.blocks ?? []).map((b) => ({ ...b, range })),
    ),
  ];
}

function edgesOf(
  evaluation: Evaluation,
  instance: Instance,
  input: ResourceInput,
): { readonly dependsOn: readonly ResourceDependency[]; readonly needs: readonly CapabilityNeed[] } {
  const { block } = instance;
  const dependsOn = new Map<string, ResourceDependency>();
  const needs = new Map<string, CapabilityNeed>();
  const add = (kind: ResourceDependency['kind'], references: References): void => {
    for (const reference of withLocals(evaluation.flock, references))
      for (const target of targetsOf(evaluation, instance, reference)) {
        if (target.block.type === 'data.capability') {
          const need = needOf(evaluation, target, input);
          const key = need && `${need.name}\n${need.region ?? ''}\n${need.environment ?? ''}`;
          if (need !== null && key !== null && !needs.has(key)) needs.set(key, need);
          continue;
        }
        const key = `${target.address}\n${kind}`;
        if (!dependsOn.has(key))
          dependsOn.set(key, { address: target.address, kind, range: reference.range });
      }
  };
  for (const [name, attribute] of block.attributes) {
    const kind =
      name === 'depends_on'
        ? 'depends_on'
        : name === 'components' && block.type === 'artifact_deployment'
          ? 'artifact'
          : 'reference';
    add(kind, referencesOf(attribute.expression));
  }
  for (const references of referencesWithin(block.blocks.filter((b) => !handling.has(b.type))))
    add('reference', references);
  return { dependsOn: [...dependsOn.values()], needs: [...needs.values()] };
}

function needOf(evaluation: Evaluation, instance: Instance, input: ResourceInput): CapabilityNeed | null {
  const read = new AttributeReader(evaluation, instance);
  const name = read.string('name');
  if (name === null) return null;
  const region = regionOf(
    evaluation.attribute(instance, 'region'),
    read.range('region'),
    input.fleet,
    evaluation,
  );
  return {
    name,
    region: region === null || region.internalName === input.region ? null : region.internalName,
    environment: read.string('environment') as CapabilityNeed['environment'],
    range: instance.block.range,
  };
}

function nestedBlock(block: ParsedBlock, type: string): ParsedBlock['blocks'][number] | undefined {
  return block.blocks.find((b) => b.type === type);
}

function breakCycleOf(evaluation: Evaluation, instance: Instance): CompiledResource['breakCycle'] {
  const nested = nestedBlock(instance.block, 'break_cycle');
  if (nested === undefined) return null;
  const without = nested.body.attributes.get('without');
  const then = nested.body.attributes.get('then');
  const kind = then === undefined ? 'update' : evaluation.evaluate(then.expression, instance);
  if (kind !== 'update' && kind !== 'recreate') {
    evaluation.complain({
      severity: 'error',
      code: 'flock/invalid-value',
      summary: 'Unsuitable value',
      detail: `then of break_cycle must be "update" or "recreate".`,
      subject: then!.range,
    });
    return null;
  }
  const addresses =
    without === undefined ? [] : addressesOf(evaluation, instance, referencesOf(without.expression));
  return { without: addresses, then: kind };
}

function lifecycleOf(evaluation: Evaluation, instance: Instance): CompiledResource['lifecycle'] {
  const nested = nestedBlock(instance.block, 'lifecycle');
  const prevent = nested?.body.attributes.get('prevent_destroy');
  const ignore = nested?.body.attributes.get('ignore_changes')?.expression;
  const items = ignore?.asList() ?? (ignore === undefined ? [] : [ignore]);
  return {
    preventDestroy: prevent !== undefined && evaluation.evaluate(prevent.expression, instance) === true,
    ignoreChanges: items.flatMap((e) => e.asKeyword() ?? e.asLiteral() ?? e.asTraversal()?.root ?? []),
  };
}

function noArtifact(name: string, flock: string, subject: SourceRange) {
  return {
    severity: 'error' as const,
    code: 'flock/artifact-without-version',
    summary: 'Artifact without a version',
    detail: `No version of artifact "${name}" of flock ${flock} is selected. Publish it, and name its version in the version set as "${flock}/${name}".`,
    subject,
  };
}

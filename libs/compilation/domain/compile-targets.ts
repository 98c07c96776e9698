import { digestOf, type Diagnostic, type Json } from '#libs/kernel';
import { compareText, isNull, Origin, unmark, type Value } from '#libs/hcl';
import { type CompiledPhase, type CompiledTarget, type CompiledTargets } from '../contract/index.js';
import { AttributeReader } from './attribute-reader.js';
import { distinctDiagnostics, unplaced, withoutRange } from './diagnostics.js';
import { encode } from './encode.js';
import { Evaluation, outOfRange, type Instance } from './evaluation.js';
import { type Fleet } from './fleet.js';
import { type ParsedBlock, type ParsedFlock } from './parsed-flock.js';
import { LikeTargets } from './like-targets.js';
import { deprecatedRegion, hardCodedRegion, regionOf } from './region-attribute.js';
import { didYouMean } from './schema/index.js';

/** Stage 1 with what it evaluated, so that stage 2 need not evaluate the same locals again. */
export interface TargetsCompilation {
  readonly result: CompiledTargets;
  readonly evaluation: Evaluation;
}

export interface TargetsOptions {
  /** Internal name of a region: of the targets only those there are in the result; what is wrong with others still is. */
  readonly only?: string;
  /**
   * The same flock on another fleet with the same names and states of regions but `only`. Instances that see the same values
   * there are not evaluated again: what they read counts as read there alone.
   */
  readonly like?: TargetsCompilation;
}

/**
 * Stage 1: the phases and targets of one flock version against all region data. Pure: the same flock and fleet give the same
 * result, digest included. Targets that fail are left out, with errors that say why. O(targets + what the locals cost).
 */
export function compileTargets(
  flock: ParsedFlock,
  version: string,
  fleet: Fleet,
  { only, like }: TargetsOptions = {},
): TargetsCompilation {
  const evaluation = fleetEvaluation(flock, fleet);
  const phases: CompiledPhase[] = [];
  const targets: CompiledTarget[] = [];
  if (flock.compiles) {
    const blocks = [...flock.blocks.values()];
    for (const block of blocks)
      if (block.type === 'release_phase') phases.push(...phasesOf(block, evaluation));
    checkPhases(phases, evaluation);
    const known = like === undefined ? null : new LikeTargets(like.evaluation, like.result, phases);
    for (const block of blocks)
      if (block.type === 'execution_target') {
        const sameAs = known?.of(block);
        for (const instance of evaluation.instances(block)) {
          const same = sameAs?.(instance);
          const target = same === undefined ? targetOf(instance, evaluation, fleet, phases) : same;
          if (target !== null) targets.push(target);
        }
      }
    complainOfDuplicates(targets, evaluation);
    complainOfWrittenNames(flock, fleet, evaluation);
  }
  const report = evaluation.report();
  const diagnostics = distinctDiagnostics([...flock.diagnostics, ...report.diagnostics]);
  const { settings } = flock;
  const kept = only === undefined ? targets : targets.filter((t) => t.region === only);
  const said = { flock: flock.name, version, settings, phases, targets: kept, diagnostics };
  return {
    evaluation,
    result: { ...said, reads: [...report.reads].sort(compareText), digest: targetsDigest(said) },
  };
}

/** Nothing is evaluated yet. */
export const fleetEvaluation = (flock: ParsedFlock, fleet: Fleet): Evaluation =>
  new Evaluation(flock, { level: 'fleet', locals: fleet.subsets });

/** Over all but ranges and what was read. */
export function targetsDigest(said: Omit<CompiledTargets, 'reads' | 'digest'>): string {
  return digestOf({
    ...said,
    phases: said.phases.map(withoutRange),
    targets: said.targets.map(withoutRange),
    diagnostics: said.diagnostics.map(unplaced),
  });
}

function phasesOf(block: ParsedBlock, evaluation: Evaluation): CompiledPhase[] {
  return evaluation.instances(block).map((instance) => {
    const read = new AttributeReader(evaluation, instance);
    return {
      label: block.label,
      name: read.string('name') ?? block.label,
      realm: read.string('realm'),
      production: read.bool('production'),
      after: read.strings('after'),
      approval: read.bool('approval'),
      range: block.range,
    };
  });
}

function checkPhases(phases: readonly CompiledPhase[], evaluation: Evaluation): void {
  const byName = new Map<string, CompiledPhase>();
  for (const phase of phases) {
    const first = byName.get(phase.name);
    if (first)
      evaluation.complain({
        severity: 'error',
        code: 'flock/duplicate-phase',
        summary: 'Two phases of one name',
        detail: `Phase "${phase.name}" is already defined. Give each phase a name of its own.`,
        subject: phase.range,
        related: [{ message: 'defined first here', range: first.range }],
      });
    byName.set(phase.name, phase);
  }
  for (const phase of phases)
    for (const name of phase.after)
      if (!byName.has(name)) evaluation.complain(unknownPhase(name, phase.range, byName.keys()));
}

function unknownPhase(name: string, subject: Diagnostic['subject'], names: Iterable<string>): Diagnostic {
  return {
    severity: 'error',
    code: 'flock/unknown-phase',
    summary: 'Unknown phase',
    detail: `This flock has no release phase named "${name}".${didYouMean(name, names)}`,
    ...(subject === undefined ? {} : { subject }),
  };
}

const own = new Set([
  'name',
  'region',
  'availability_domain',
  'place',
  'environment',
  'phase',
  'count',
  'for_each',
]);

/** Of most targets, of which there are hundreds of thousands. */
const noAttributes = {};

function targetOf(
  instance: Instance,
  evaluation: Evaluation,
  fleet: Fleet,
  phases: readonly CompiledPhase[],
): CompiledTarget | null {
  const read = new AttributeReader(evaluation, instance);
  const { block } = instance;
  const name = read.string('name');
  const given = evaluation.attribute(instance, 'region');
  const region = regionOf(given, read.range('region'), fleet, evaluation);
  if (isNull(unmark(given)) && !evaluation.hasFailed())
    evaluation.complain({
      severity: 'error',
      code: 'flock/null-value',
      summary: 'No region',
      detail: `region of ${instance.address} is null here, and must have a value.`,
      subject: read.range('region'),
    });
  const environment = read.string('environment');
  const phase = read.string('phase');
  if (phase !== null && !phases.some((p) => p.name === phase))
    evaluation.complain(
      unknownPhase(
        phase,
        read.range('phase'),
        phases.map((p) => p.name),
      ),
    );
  if (name === null || region === null || environment === null) return null;
  // What deprecated regions' entries would have said is gone from the data: only a name written out can still lead here, and
  // that is complained about where it stands.
  if (region.deprecated) return null;
  const attributes: Record<string, Json> = {};
  const take = (key: string, value: Value): void => {
    const encoded = encode(value, evaluation.reads);
    attributes[key] = encoded.json;
    if (encoded.outOfRange) evaluation.complain(outOfRange(`${key} of ${instance.address}`, read.range(key)));
  };
  for (const [key] of block.attributes) if (!own.has(key)) take(key, evaluation.attribute(instance, key));
  for (const [key, value] of evaluation.nested(instance)) take(key, value);
  return {
    name,
    region: region.internalName,
    environment: environment as CompiledTarget['environment'],
    phase,
    place: placeOf(read, region.internalName, region.publicName, fleet, evaluation),
    availabilityDomain: read.string('availability_domain'),
    attributes: Object.keys(attributes).length === 0 ? noAttributes : attributes,
    address: instance.address,
    range: block.range,
  };
}

const placeReads = [
  'local.execution_targets',
  'local.execution_targets[*].name',
  'local.execution_targets[*].region',
].map((path) => new Origin(path));

function placeOf(
  read: AttributeReader,
  region: string,
  publicName: string,
  fleet: Fleet,
  evaluation: Evaluation,
): string | null {
  const place = read.string('place');
  if (place === null) return null;
  for (const origin of placeReads) evaluation.reads.add(origin);
  const here = fleet.placesOf(region, publicName);
  if (!here.has(place))
    evaluation.complain({
      severity: 'error',
      code: 'flock/unknown-place',
      summary: 'Unknown place',
      detail: `Region "${publicName}" has no execution target "${place}" in its region data.${didYouMean(place, here)}`,
      subject: read.range('place'),
    });
  return place;
}

function complainOfDuplicates(targets: readonly CompiledTarget[], evaluation: Evaluation): void {
  const seen = new Map<string, CompiledTarget>();
  for (const target of targets) {
    const key = `${target.region}\n${target.environment}\n${target.name}`;
    const first = seen.get(key);
    if (first)
      evaluation.complain({
        severity: 'error',
        code: 'flock/duplicate-target',
        summary: 'Two targets of one name',
        detail: `${first.address} and ${target.address} are both "${target.name}" in environment ${target.environment} of region ${target.region}. Make their conditions exclude each other, or name them differently.`,
        subject: target.range,
        related: [{ message: first.address, range: first.range }],
      });
    else seen.set(key, target);
  }
}

/** A name counts as read once it is one of a region: whether it is, or is deprecated, then decides the result. */
const writtenReads = ['local.all_regions', 'local.all_regions[*].name', 'local.all_regions[*].state'].map(
  (p) => new Origin(p),
);

function complainOfWrittenNames(flock: ParsedFlock, fleet: Fleet, evaluation: Evaluation): void {
  for (const { text, range, region: expected } of flock.writtenNames) {
    const region = fleet.regions.get(text);
    if (region === undefined || (!expected && region.publicName !== text)) continue;
    for (const origin of writtenReads) evaluation.reads.add(origin);
    evaluation.complain(region.deprecated ? deprecatedRegion(text, range) : hardCodedRegion(text, range));
  }
}

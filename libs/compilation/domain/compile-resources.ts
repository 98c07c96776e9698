import { digestOf, type Diagnostic, type Json } from '#libs/kernel';
import { compareText, fromJs } from '#libs/hcl';
import {
  type CompiledPhase,
  type CompiledResource,
  type CompiledResources,
  type CompiledTarget,
} from '../contract/index.js';
import { type ArtifactVersions } from './artifact-versions.js';
import { compileMoves } from './compile-moves.js';
import { compileResource } from './compile-resource.js';
import { distinctDiagnostics, unplaced, withoutRange } from './diagnostics.js';
import { Evaluation } from './evaluation.js';
import { type Fleet } from './fleet.js';
import { type ParsedFlock } from './parsed-flock.js';
import { shareResource } from './share-resource.js';

export interface ResourcesInput {
  readonly flock: ParsedFlock;
  readonly version: string;
  /** Internal name. */
  readonly region: string;
  readonly fleet: Fleet;
  readonly phases: readonly CompiledPhase[];
  /** Of stage 1, those in the region that select this version. */
  readonly targets: readonly CompiledTarget[];
  readonly artifacts: ArtifactVersions;
  /** What stage 1 found: errors there are errors of the flock here too. */
  readonly alsoWrong?: readonly Diagnostic[];
  /** Stage 1's evaluation on the same fleet, for the locals that it shares. */
  readonly fleetEvaluation?: Evaluation;
}

/**
 * Stage 2: the resources of each target of one flock version in one region. Pure; resources that fail are left out, with
 * errors that say why. O(targets · (resources + references)).
 */
export function compileResources(input: ResourcesInput): CompiledResources {
  const { flock, version, region, fleet, phases } = input;
  const root = input.fleetEvaluation ?? new Evaluation(flock, { level: 'fleet', locals: fleet.subsets });
  const here = fleet.region(region);
  const regional = new Evaluation(
    flock,
    {
      level: 'region',
      locals: new Map(
        here === null
          ? []
          : [
              ['region', here.region],
              ['realm', here.realm],
            ],
      ),
    },
    root,
  );
  const evaluations: Evaluation[] = [];
  const targets =
    here === null || !flock.compiles
      ? []
      : input.targets.map((target) => {
          const evaluation = targetEvaluation(regional, target, fleet);
          evaluations.push(evaluation);
          return { target, resources: resourcesOf(evaluation, target, input) };
        });
  const reports = evaluations.map((e) => e.report());
  const diagnostics = distinctDiagnostics([
    ...(input.alsoWrong ?? flock.diagnostics),
    ...reports.flatMap((r) => r.diagnostics),
  ]);
  const reads = [...new Set(reports.flatMap((r) => r.reads))].sort(compareText);
  const moves = compileMoves(flock);
  const said = {
    flock: flock.name,
    version,
    region,
    settings: flock.settings,
    phases,
    targets,
    ...(moves.length > 0 && { moves }),
    diagnostics,
  };
  return { ...said, reads, digest: resourcesDigest(said) };
}

/** Over all but ranges and what was read. O(resources): each resource counts by its own digest. */
export function resourcesDigest(said: Omit<CompiledResources, 'reads' | 'digest'>): string {
  return digestOf({
    ...said,
    phases: said.phases.map(withoutRange),
    targets: said.targets.map(({ target, resources }) => ({
      target: withoutRange(target),
      resources: resources.map(({ attributes: _, ...resource }) => ({
        ...withoutRange(resource),
        dependsOn: resource.dependsOn.map(withoutRange),
        needs: resource.needs.map(withoutRange),
      })),
    })),
    diagnostics: said.diagnostics.map(unplaced),
  });
}

/** The flock as one target sees it: `local.execution_target` besides what its region and the fleet give. */
export function targetEvaluation(
  regional: Evaluation,
  target: CompiledTarget,
  fleet: Fleet,
  outputs?: ReadonlyMap<string, Json>,
): Evaluation {
  const value = fromJs({
    ...target.attributes,
    name: target.name,
    region: fleet.regions.get(target.region)?.publicName ?? target.region,
    environment: target.environment,
    phase: target.phase,
    place: target.place,
    availability_domain: target.availabilityDomain,
  });
  return new Evaluation(
    regional.flock,
    {
      level: 'target',
      locals: new Map([['execution_target', value]]),
      ...(outputs === undefined ? {} : { outputs }),
    },
    regional,
  );
}

function resourcesOf(
  evaluation: Evaluation,
  target: CompiledTarget,
  input: ResourcesInput,
): CompiledResource[] {
  const resources: CompiledResource[] = [];
  const context = {
    flock: input.flock,
    region: input.region,
    fleet: input.fleet,
    artifact: (name: string) => input.artifacts(name, target.environment),
  };
  for (const block of input.flock.blocks.values())
    if (block.spec.keyword === 'resource' && block.spec.stage === 'resources')
      for (const instance of evaluation.instances(block)) {
        const resource = compileResource(evaluation, instance, context);
        if (resource !== null) resources.push(shareResource(input.flock, resource));
      }
  return resources;
}

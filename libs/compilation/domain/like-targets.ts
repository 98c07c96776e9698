import { ObjectValue, type Value } from '#libs/hcl';
import { type CompiledPhase, type CompiledTarget, type CompiledTargets } from '../contract/index.js';
import { type Evaluation, type Instance } from './evaluation.js';
import { type ParsedBlock } from './parsed-flock.js';
import { referencesOf, referencesWithin } from './references.js';

/** What repeats a block is not among what its instances look at. */
const repeating = new Set(['count', 'for_each']);

/**
 * Targets of the same flock on another fleet, for instances that see the same there: the same each.value (as an object: entries that
 * did not change are the same ones), and else nothing of region data.
 */
export class LikeTargets {
  private readonly targets: ReadonlyMap<string, CompiledTarget> | null;

  constructor(
    private readonly evaluation: Evaluation,
    result: CompiledTargets,
    phases: readonly CompiledPhase[],
  ) {
    // An instance that was complained about has to be complained about again.
    const isClean = result.diagnostics.every(
      (d) => d.code === 'hard-coded-region' || evaluation.flock.diagnostics.includes(d),
    );
    this.targets =
      isClean && JSON.stringify(phases) === JSON.stringify(result.phases)
        ? new Map(result.targets.map((t) => [t.address, t]))
        : null;
  }

  /** Null where the instance has no target, undefined where that has to be found out. */
  of(block: ParsedBlock): ((instance: Instance) => CompiledTarget | null | undefined) | undefined {
    const { targets } = this;
    if (targets === null || !this.seesOnlyItself(block)) return undefined;
    const there = new Map(this.evaluation.instances(block).map((i) => [i.address, valueOf(i)]));
    return (instance) =>
      there.has(instance.address) && there.get(instance.address) === valueOf(instance)
        ? (targets.get(instance.address) ?? null)
        : undefined;
  }

  /** Refers to no local, and of other blocks to phases that there is one of. */
  private seesOnlyItself(block: ParsedBlock): boolean {
    const written = [...block.attributes].flatMap(([name, { expression }]) =>
      repeating.has(name) ? [] : [referencesOf(expression)],
    );
    return [...written, ...referencesWithin(block.blocks)].every(
      ({ locals, blocks }) =>
        locals.length === 0 &&
        blocks.every(({ key }) => {
          const other = this.evaluation.flock.blocks.get(key);
          return other?.type === 'release_phase' && ![...repeating].some((r) => other.attributes.has(r));
        }),
    );
  }
}

/** Keys and indices are in the address. */
function valueOf({ repetition }: Instance): Value | undefined {
  const each = repetition?.get('each');
  return each instanceof ObjectValue ? each.get('value') : undefined;
}

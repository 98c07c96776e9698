import fc from 'fast-check';
import { flock, type FlockSpec, type ResourceSpec } from './compiled.js';
import { type RegionView } from './pure-loop.js';

interface Item {
  readonly flock: number;
  readonly kind: 'resource' | 'publication';
  /** Earlier items that it waits for; in another flock through a capability. */
  readonly before: readonly number[];
  readonly reads: boolean;
  /** Already in `none`. */
  readonly early: boolean;
  /** Declared from and up to these editions. */
  readonly from: number;
  readonly to: number;
  /** Its content changes with these editions. */
  readonly changes: readonly number[];
}

export interface ArbitraryFleet {
  readonly vibe: boolean;
  readonly items: readonly Item[];
  flocks(view: RegionView): readonly FlockSpec[];
}

const editions = 3;

/** Acyclic fleets of up to 4 interleaving flocks, whose resources come, go and change with the editions of region data. */
export const arbitraryFleet: fc.Arbitrary<ArbitraryFleet> = fc
  .record({
    vibe: fc.boolean(),
    items: fc.array(
      fc.record({
        flock: fc.nat(3),
        kind: fc.constantFrom<Item['kind']>('resource', 'resource', 'publication'),
        before: fc.array(fc.nat(30), { maxLength: 3 }),
        reads: fc.boolean(),
        early: fc.boolean(),
        from: fc.constantFrom(0, 0, 0, 1, 2),
        to: fc.constantFrom(editions, editions, editions, 1, 2),
        changes: fc.subarray([1, 2, 3]),
      }),
      { minLength: 1, maxLength: 14 },
    ),
  })
  .map(({ vibe, items: drawn }) => {
    const items = drawn.map((item, n): Item => ({
      ...item,
      before: n === 0 ? [] : [...new Set(item.before.map((b) => b % n))],
    }));
    return { vibe, items, flocks: (view) => flocksOf(vibe, items, view) };
  });

function flocksOf(vibe: boolean, items: readonly Item[], view: RegionView): readonly FlockSpec[] {
  const { state, edition } = view;
  const declared = new Set<number>();
  items.forEach((item, n) => {
    const there = item.from <= edition && edition <= item.to && (state !== 'none' || item.early);
    // What nobody publishes is not needed, or the build would rightly wait for ever.
    if (there && item.before.every((b) => declared.has(b))) declared.add(n);
  });
  const flocks = new Map<number, Record<string, ResourceSpec>>();
  for (const n of declared) {
    const item = items[n]!;
    const resources = flocks.get(item.flock) ?? {};
    flocks.set(item.flock, resources);
    const near = item.before.filter((b) => items[b]!.flock === item.flock);
    const far = item.before.filter((b) => items[b]!.flock !== item.flock);
    const version = item.changes.filter((e) => e <= edition).length;
    const readable = item.reads ? near.filter((b) => items[b]!.kind === 'resource') : [];
    resources[`n${n}`] = {
      after: near.map((b) => `n${b}`),
      needs: far.map((b) => `c${b}`),
      reads: Object.fromEntries(readable.map((b) => [`n${b}`, 'v'])),
      value: version,
      gives: { v: `${n}.${version}` },
      ...(item.kind === 'publication' ? { publishes: `n${n}` } : {}),
    };
    // Whoever is needed from another flock publishes for itself.
    resources[`c${n}`] = { after: [`n${n}`], publishes: `c${n}` };
  }
  const target = [...flocks].map(([n, resources]) => flock(`f${n}`, resources));
  return vibe ? [...vibeFlocks, ...target] : target;
}

/** The stack by which a region turns Building and is deployed to from its ViBE. */
export const vibeFlocks: readonly FlockSpec[] = [
  flock('cios', { regional: { publishes: 'cios-regional' } }, { environment: 'vibe' }),
  flock(
    'worker',
    { worker: { publishes: 'worker', needs: ['vibe/cios-regional'] } },
    { environment: 'vibe' },
  ),
  flock(
    'orchestrator',
    { ready: { publishes: 'deployment-orchestrator', needs: ['vibe/worker'] } },
    { environment: 'vibe' },
  ),
];

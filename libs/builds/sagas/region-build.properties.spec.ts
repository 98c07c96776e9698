import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ArbitraryFleet, arbitraryFleet, PureLoop, random } from '../testing/index.js';

const seeds = fc.integer({ min: 1, max: 2 ** 31 });

/** Runs a first build while region data change now and then; every change is in at the end. */
function build(
  fleet: ArbitraryFleet,
  seed: number,
  rates: { readonly failureRate?: number; readonly crashRate?: number; readonly edits?: number } = {},
  between: (loop: PureLoop, next: () => number) => void = () => undefined,
): PureLoop {
  const loop = new PureLoop({
    flocks: (view) => fleet.flocks(view),
    hostRegion: fleet.vibe ? 'iad' : null,
    seed,
    ...rates,
  });
  const next = random(seed);
  loop.open();
  for (let edit = 0; edit < (rates.edits ?? 0); edit++) {
    let steps = Math.floor(next() * 60);
    loop.run(() => steps-- <= 0);
    if (next() < 0.5) loop.edit();
    else loop.editElsewhere();
    between(loop, next);
  }
  loop.finish();
  return loop;
}

/** Whether the fleet has anything to build in Building at its end: an empty graph rightly never completes. */
const isEmpty = (fleet: ArbitraryFleet, edition: number): boolean =>
  fleet.flocks({ state: 'Building', targetAvailable: true, edition }).length === 0;

function expectComplete(loop: PureLoop): void {
  expect({
    due: loop.due(),
    unfinished: loop.unfinished,
    status: loop.lastBuild!.status,
    state: loop.state,
  }).toEqual({ due: [], unfinished: [], status: 'completed', state: 'Production' });
  loop.checkSafety();
}

describe('any first build', () => {
  it('ends complete, each node done once, never before what it waits for (TR-04)', () => {
    fc.assert(
      fc.property(arbitraryFleet, seeds, (fleet, seed) => {
        fc.pre(!isEmpty(fleet, 0));
        const loop = build(fleet, seed);
        expectComplete(loop);
        const nodes = loop.of('OperationSucceeded').map(({ node }) => node);
        expect(new Set(nodes).size).toBe(nodes.length);
      }),
      { numRuns: 80 },
    );
  });

  it('ends the same with failures and crashes (TR-02)', () => {
    fc.assert(
      fc.property(arbitraryFleet, seeds, (fleet, seed) => {
        fc.pre(!isEmpty(fleet, 0));
        expectComplete(build(fleet, seed, { failureRate: 0.4, crashRate: 0.02 }));
      }),
      { numRuns: 60 },
    );
  });

  it('takes merges in the middle: at its end all is done at what was declared last (TR-10)', () => {
    fc.assert(
      fc.property(arbitraryFleet, seeds, (fleet, seed) => {
        fc.pre(!isEmpty(fleet, 3));
        const loop = build(fleet, seed, { failureRate: 0.2, crashRate: 0.01, edits: 3 });
        // What comes while it concludes, or afterwards, is an update.
        loop.autoBuild(true);
        loop.finish();
        expectComplete(loop);
      }),
      { numRuns: 80 },
    );
  });

  it('asks for the same after it was saved and restored, at any moment', () => {
    fc.assert(
      fc.property(arbitraryFleet, seeds, (fleet, seed) => {
        const loop = new PureLoop({
          flocks: (view) => fleet.flocks(view),
          hostRegion: fleet.vibe ? 'iad' : null,
          seed,
          failureRate: 0.3,
        });
        const next = random(seed);
        loop.open();
        for (let n = 0; n < 300 && loop.step(); n++) {
          if (next() < 0.02) loop.edit();
          loop.checkSnapshots();
        }
      }),
      { numRuns: 30 },
    );
  });

  it('survives withdrawals, holds and cancelled builds in any order, and then ends complete (CP-05)', () => {
    fc.assert(
      fc.property(arbitraryFleet, seeds, (fleet, seed) => {
        fc.pre(!isEmpty(fleet, 3));
        const withdrawn = new Set<string>();
        const loop = build(fleet, seed, { failureRate: 0.2, crashRate: 0.01, edits: 3 }, (it, next) => {
          const what = next();
          if (what < 0.3) it.hold(next() < 0.5);
          else if (what < 0.7) {
            const there = it
              .of('CapabilityBecameAvailable')
              .map(({ environment, name }) => `${environment}/${name}`);
            const chosen = there[Math.floor(next() * there.length)];
            if (chosen === undefined) return;
            const slash = chosen.indexOf('/');
            it.withdraw(chosen.slice(0, slash) as 'vibe' | 'target', chosen.slice(slash + 1));
            withdrawn.add(chosen);
          } else if (it.lastBuild?.status === 'open') it.cancel();
        });
        loop.hold(false);
        for (const each of withdrawn) {
          const slash = each.indexOf('/');
          loop.publish(each.slice(0, slash) as 'vibe' | 'target', each.slice(slash + 1));
        }
        loop.finish();
        if (loop.lastBuild!.status === 'cancelled') loop.open();
        loop.finish();
        loop.autoBuild(true);
        loop.finish();
        expectComplete(loop);
      }),
      { numRuns: 60 },
    );
  });
});

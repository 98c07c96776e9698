import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PathIndex } from './path-index.js';

describe('who read what', () => {
  it('finds the readers of a path and of all below it, with what they read', () => {
    const index = new PathIndex<string>();
    index.set('a', ['local.all_regions', 'local.all_regions[*].state']);
    index.set('b', ['local.all_regions[*].dns.suffix']);
    index.set('c', ['local.regions[*].state']);
    expect([...index.readersOf('local.all_regions[*].state')]).toEqual([
      ['a', ['local.all_regions[*].state']],
    ]);
    expect([...index.readersOf('local.all_regions[*].dns').keys()]).toEqual(['b']);
    expect([...index.readersOf('local.all_regions').keys()].sort()).toEqual(['a', 'b']);
    expect([...index.readersOf('local.all_regions[*].stat').keys()]).toEqual([]);
    expect([...index.readersOf('local.all')]).toEqual([]);
  });

  it('touches who looked at the whole entry when an attribute of it changes', () => {
    const index = new PathIndex<string>();
    index.set('all', ['local.all_regions[*]']);
    index.set('here', ['local.region']);
    expect([...index.readersOf('local.all_regions[*].new').keys()]).toEqual(['all']);
    expect([...index.readersOf('local.region.new').keys()]).toEqual(['here']);
  });

  it('forgets what a reader no longer reads', () => {
    const index = new PathIndex<string>();
    index.set('a', ['local.x']);
    index.set('a', ['local.y["odd key"].z']);
    expect(index.readersOf('local.x').size).toBe(0);
    expect([...index.readersOf('local.y["odd key"]').keys()]).toEqual(['a']);
    index.set('a', []);
    expect(index.readersOf('local.y').size).toBe(0);
  });

  it('agrees with a search through all readers', () => {
    const path = fc
      .array(fc.constantFrom('.a', '.b', '[*]', '["c.d"]'), { minLength: 1, maxLength: 4 })
      .map((steps) => `local.set[*]${steps.join('')}`);
    fc.assert(
      fc.property(fc.array(fc.array(path, { maxLength: 3 }), { maxLength: 6 }), path, (readers, changed) => {
        const index = new PathIndex<number>();
        readers.forEach((paths, i) => index.set(i, paths));
        const expected = readers.flatMap((paths, i) =>
          paths.some((p) => p === changed || p.startsWith(`${changed}.`) || p.startsWith(`${changed}[`))
            ? [i]
            : [],
        );
        expect([...index.readersOf(changed).keys()].sort()).toEqual(expected);
      }),
    );
  });
});

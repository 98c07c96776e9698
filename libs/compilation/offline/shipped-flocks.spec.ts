import { describe, expect, it } from '@jest/globals';
import { compileOffline, OfflineCompiler } from './compile-offline.js';
import { document, shipped } from './testing/shipped.js';

describe('the shipped flocks', () => {
  it('compile without a diagnostic, for every region that is asked for', async () => {
    const flocks = await shipped();
    const started = performance.now();
    const result = compileOffline({ regionData: document, flocks, region: 'us-seattle-1' });
    const ms = performance.now() - started;
    for (const flock of result.flocks)
      expect({ flock: flock.name, diagnostics: flock.diagnostics }).toEqual({
        flock: flock.name,
        diagnostics: [],
      });
    expect(result.flocks.length).toBeGreaterThanOrEqual(30);
    const resources = result.forecast!.flocks.flatMap((f) => f.targets.flatMap((t) => t.resources));
    expect(resources.length).toBeGreaterThanOrEqual(200);
    expect(ms).toBeLessThan(30_000);
  });

  it('have no hard-coded region', async () => {
    const { flocks } = compileOffline({ regionData: document, flocks: await shipped() });
    expect(flocks.flatMap((f) => f.diagnostics)).toEqual([]);
  });

  it('are explained in the names by which people know regions', async () => {
    const known = new Set(document.regions.map((r) => r.public_name));
    const explained = new OfflineCompiler({ regionData: document, flocks: await shipped() }).explain();
    const regions = explained.flatMap(({ blocks }) => blocks.flatMap((b) => b.targets.map((t) => t.region)));
    expect(regions.length).toBeGreaterThan(0);
    expect(regions.filter((region) => !known.has(region))).toEqual([]);
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { discoverFlocks } from '#libs/flocks/discovery';
import { type RegionDataDocument } from '#libs/region-data/contract';
import { compileOffline, OfflineCompiler, type OfflineFlock } from './compile-offline.js';

async function shipped(): Promise<readonly OfflineFlock[]> {
  const { flocks, problems } = await discoverFlocks('examples/flocks');
  expect(problems).toEqual([]);
  return flocks.map((f) => ({
    name: f.name,
    files: f.files,
    prefix: `${f.folder}/`,
    artifacts: new Map(f.artifacts.map((a) => [a.name, a.digest])),
  }));
}

const regionData = JSON.parse(readFileSync('examples/fleet/region-data.json', 'utf8')) as RegionDataDocument;
const document: RegionDataDocument = {
  ...regionData,
  all_regions: regionData.all_regions.map((r) => ({
    ...r,
    target_available: (r as { target_available?: boolean }).target_available ?? true,
    ViBE_region: (r as { ViBE_region?: string | null }).ViBE_region ?? null,
    state: (r as { state?: 'none' }).state ?? 'none',
  })),
  subsets: (regionData as Partial<RegionDataDocument>).subsets ?? {},
};

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

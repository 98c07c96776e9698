import { readFileSync } from 'node:fs';
import { discoverFlocks } from '#libs/flocks/discovery';
import { type RegionDataDocument } from '#libs/region-data/contract';
import { type OfflineFlock } from '../compile-offline.js';

/** The flocks of `examples/`. */
export async function shipped(): Promise<readonly OfflineFlock[]> {
  const { flocks, problems } = await discoverFlocks('examples/flocks');
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return flocks.map((f) => ({
    name: f.name,
    files: f.files,
    prefix: `${f.folder}/`,
    artifacts: new Map(f.artifacts.map((a) => [a.name, a.digest])),
  }));
}

const regionData = JSON.parse(readFileSync('examples/fleet/region-data.json', 'utf8')) as RegionDataDocument;
/** Region data of `examples/`, as the service holds it. */
export const document: RegionDataDocument = {
  ...regionData,
  all_regions: regionData.all_regions.map((r) => ({
    ...r,
    target_available: (r as { target_available?: boolean }).target_available ?? true,
    ViBE_region: (r as { ViBE_region?: string | null }).ViBE_region ?? null,
    state: (r as { state?: 'none' }).state ?? 'none',
  })),
  subsets: (regionData as Partial<RegionDataDocument>).subsets ?? {},
};

import { type Diagnostic } from '#libs/kernel';
import { type AllRegionsEntry, type RegionDataDocument, type RegionEntry } from '../contract/index.js';
import { parseRegionData } from './parse-region-data.js';

/**
 * Region data of a file, as an installation that imported it would have it: what `--region-data FILE` means. `document` is null
 * where there are errors. A region of one set whose other set is absent gets its entry there.
 */
export function documentToRegionData(
  text: string,
  filename: string,
): { readonly document: RegionDataDocument | null; readonly diagnostics: readonly Diagnostic[] } {
  const { document, present, diagnostics } = parseRegionData(text, filename);
  if (!document) return { document, diagnostics };
  const { regions, all_regions } = document;
  return {
    diagnostics,
    document: {
      ...document,
      regions: present.has('regions') ? regions : all_regions.map(partnerInRegions),
      all_regions: present.has('all_regions') ? all_regions : regions.map(partnerInAllRegions),
    },
  };
}

function partnerInRegions({ name, realm }: AllRegionsEntry): RegionEntry {
  return { internal_name: name, public_name: name, realm };
}

function partnerInAllRegions({ public_name, realm }: RegionEntry): AllRegionsEntry {
  return { name: public_name, realm, state: 'none', ViBE_region: null, target_available: true };
}

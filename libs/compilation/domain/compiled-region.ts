import { digestOf } from '#libs/kernel';
import { type CompiledRegion, type CompiledResources } from '../contract/index.js';

/** All flocks of one region. Equal results have equal digests, whatever the revision. */
export function compiledRegion(
  region: string,
  regionData: string,
  flocks: readonly CompiledResources[],
): CompiledRegion {
  return { region, regionData, flocks, digest: digestOf({ region, flocks: flocks.map((f) => f.digest) }) };
}

import { type Json } from '#libs/kernel';
import { type RegionDataDocument } from '#libs/region-data/contract';

/** What planning a region must know beside its flocks, as far as a region-data document alone tells. */
export interface OfflineSurroundings {
  readonly surroundings: {
    readonly hostRegion: string | null;
    isProvided(region: string, environment: 'vibe' | 'target', name: string): boolean;
  };
  readonly waitsForVibe: boolean;
  readonly targetAvailable: boolean;
}

/** `region` by either name. Capabilities that adopted regions list (`name`, or `{ name, environment }`) count as available. */
export function surroundingsOf(document: RegionDataDocument, region: string): OfflineSurroundings {
  const internal = new Map(document.regions.flatMap((r) => [[r.public_name, r.internal_name] as const]));
  const internalOf = (name: string): string => internal.get(name) ?? name;
  const entry = document.all_regions.find((r) => internalOf(r.name) === internalOf(region));
  const vibe = document.vibes.find((v) => v.id === entry?.ViBE_region);
  const provided = new Set<string>();
  for (const { name, capabilities } of document.all_regions)
    for (const listed of Array.isArray(capabilities) ? (capabilities as readonly Json[]) : []) {
      const capability = typeof listed === 'string' ? { name: listed } : asCapability(listed);
      if (!capability) continue;
      const { name: listedName, environment = 'target' } = capability;
      provided.add(`${internalOf(name)}\n${environment}/${listedName}`);
    }
  return {
    surroundings: {
      hostRegion: vibe ? internalOf(vibe.host_region) : null,
      isProvided: (where, environment, name) => provided.has(`${internalOf(where)}\n${environment}/${name}`),
    },
    waitsForVibe: entry?.state === 'none' && vibe !== undefined,
    targetAvailable: entry?.target_available ?? true,
  };
}

function asCapability(listed: Json): { readonly name: string; readonly environment?: string } | null {
  if (listed === null || typeof listed !== 'object' || Array.isArray(listed)) return null;
  const { name, environment } = listed as Readonly<Record<string, Json>>;
  if (typeof name !== 'string') return null;
  return typeof environment === 'string' ? { name, environment } : { name };
}

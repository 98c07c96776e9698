import { refuse, type Refusal } from '#libs/kernel';
import { type AllRegionsEntry, type RegionEntry } from '../contract/index.js';
import { checkIdentifier, checkText } from './attributes.js';
import { exists, unknown } from './in-use.js';
import { internalNameOf, type RegionDataState, type RegionRecord } from './state.js';

/** A region's two entries, as the document has them. */
export interface RegionEntries {
  readonly regions: RegionEntry;
  readonly all_regions: AllRegionsEntry;
}

/** The invariants of a region's entries. `before` is the region as it was, null where it is new; `state` may already hold `entries`. */
export function checkRegion(
  entries: RegionEntries,
  state: RegionDataState,
  before: Pick<RegionRecord, 'regions' | 'all_regions' | 'adopted'> | null,
): Refusal | null {
  return checkNames(entries, state) ?? checkReferences(entries, state) ?? checkBaseline(entries, before);
}

function checkNames({ regions, all_regions }: RegionEntries, state: RegionDataState): Refusal | null {
  const { internal_name, public_name, realm } = regions;
  const invalid =
    checkText('realm', realm) ??
    checkText('internal_name', internal_name) ??
    checkText('public_name', public_name) ??
    checkIdentifier('a region', internal_name) ??
    checkIdentifier('a region', public_name);
  if (invalid) return invalid;
  for (const { regions: other } of state.regions.values()) {
    if (other.internal_name === internal_name) continue;
    if ([other.internal_name, other.public_name].includes(internal_name))
      return exists('region', internal_name);
    if ([other.internal_name, other.public_name].includes(public_name)) return exists('region', public_name);
  }
  if (all_regions.name === public_name && all_regions.realm === realm) return null;
  return refuse('region/entries-differ', `the entries of "${public_name}" disagree in name or realm`, {
    fix: 'give both the same public name and realm',
  });
}

function checkReferences({ regions, all_regions }: RegionEntries, state: RegionDataState): Refusal | null {
  const { realm, ViBE_region, target_available } = all_regions;
  if (!state.realms.has(realm)) return unknown('realm', realm);
  if (typeof target_available !== 'boolean') {
    return refuse('region-data/wrong-type', '"target_available" must be true or false', {
      fix: 'set it to true once the target region can be reached',
    });
  }
  const capabilities = all_regions['capabilities'];
  if (capabilities !== undefined && !isTexts(capabilities)) {
    return refuse('region-data/wrong-type', '"capabilities" must be a list of names', {
      fix: 'list the names of the capabilities that the adopted region has',
    });
  }
  if (ViBE_region === null) return null;
  const vibe = state.vibes.get(ViBE_region);
  if (!vibe) return unknown('vibe', ViBE_region);
  if (internalNameOf(state, vibe.entry.target_region) === regions.internal_name) return null;
  return refuse(
    'region/vibe-of-another-region',
    `ViBE "${ViBE_region}" builds "${vibe.entry.target_region}"`,
    {
      fix: `name a ViBE whose target_region is "${regions.public_name}"`,
    },
  );
}

/** A baseline may be named once, where a region was adopted as built (ARCHITECTURE, "Identity"). */
function checkBaseline(
  { regions, all_regions }: RegionEntries,
  before: Pick<RegionRecord, 'all_regions' | 'adopted'> | null,
): Refusal | null {
  const baseline = all_regions['baseline'];
  const former = before?.all_regions['baseline'];
  if (baseline === former) return null;
  if (former !== undefined) {
    return refuse(
      'region/baseline-fixed',
      `the baseline of "${regions.public_name}" is ${former as string}`,
      {
        fix: 'a baseline is named once; later versions come by builds',
      },
    );
  }
  const adopted = before ? before.adopted : all_regions.state;
  if (adopted !== 'Production' && adopted !== 'Paused') {
    return refuse('region/no-baseline', `region "${regions.public_name}" was not adopted as built`, {
      fix: 'only a region that an import brought in as Production or Paused has a baseline',
    });
  }
  if (typeof baseline === 'string' && /^[^@\s]+@[1-9]\d*$/.test(baseline)) return null;
  return refuse('region/invalid-baseline', `${JSON.stringify(baseline)} names no revision of a version set`, {
    fix: 'write it as `set@revision`, for example "nightly@3"',
  });
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((v) => typeof v === 'string');
}

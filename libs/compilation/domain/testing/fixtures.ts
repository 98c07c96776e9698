import { type RegionDataDocument, type RegionState } from '#libs/region-data/contract';
import { parseFlock, type ParseOptions } from '../parse-flock.js';
import { type ParsedFlock } from '../parsed-flock.js';

export interface SomeRegion {
  readonly name: string;
  readonly internal: string;
  readonly state?: RegionState;
  readonly realm?: string;
  readonly [attribute: string]: string | number | boolean | null | undefined;
}

/** Region data with these regions; further attributes go into `all_regions`. */
export function regionData(
  regions: readonly SomeRegion[],
  more: Partial<RegionDataDocument> = {},
): RegionDataDocument {
  return {
    realms: [...new Set(regions.map((r) => r.realm ?? 'realm1'))].map((name) => ({ name })),
    regions: regions.map((r) => ({
      internal_name: r.internal,
      public_name: r.name,
      realm: r.realm ?? 'realm1',
    })),
    all_regions: regions.map(({ internal: _, realm = 'realm1', state = 'none', ...attributes }) => ({
      ViBE_region: null,
      target_available: true,
      ...(attributes as { readonly name: string }),
      realm,
      state,
    })),
    vibes: [],
    availability_domains: [],
    execution_targets: [],
    subsets: {},
    ...more,
  };
}

/** One file `flock.hcl`, with a `flock` block in front unless the text has one. */
export function flock(text: string, options: ParseOptions & { readonly name?: string } = {}): ParsedFlock {
  const { name = 'svc' } = options;
  const whole = /^flock /m.test(text)
    ? text
    : `flock "${name}" {\n  owners = ["${name}@example.com"]\n}\n${text}`;
  return parseFlock(new Map([['flock.hcl', new TextEncoder().encode(whole)]]), options);
}

/** A target in each region that is Building. */
export const building = `
resource "execution_target" "t" {
  for_each = { for r in local.all_regions : r.name => r if r.state == "Building" }
  name     = each.key
  region   = each.value
}
`;

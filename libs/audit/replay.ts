import { type RecordedEvent } from '#libs/kernel';
import { type RegionDataDocument } from '#libs/region-data/contract';
import { isUpTo, type LogPoint } from './point.js';
import { type Summary, SummaryReplay } from './summary.js';

/** Everything as it was at one point of the log. Regions by their public names. */
export interface Replayed extends Summary {
  /** Of the last event that is in it; decimal, -1 where there is none. */
  readonly position: string;
  readonly recordedAt: string | null;
  /** Revision of region data, decimal. */
  readonly revision: string;
  readonly states: Readonly<Record<string, string>>;
  /** `environment/name`, per region with any. */
  readonly available: Readonly<Record<string, readonly string[]>>;
  readonly regionData: RegionDataDocument;
}

/**
 * The state of an installation at a point, from events alone; without a point, as it is. `region`, by either name, leaves out all
 * others. O(events up to the point).
 */
export async function replay(
  events: AsyncIterable<RecordedEvent>,
  { at = null, region }: { readonly at?: LogPoint | null; readonly region?: string } = {},
): Promise<Replayed> {
  const fold = new SummaryReplay(region);
  let last: RecordedEvent | null = null;
  for await (const event of events) {
    if (!isUpTo(event, at)) break;
    fold.add(event);
    last = event;
  }
  const { regionData, capabilities } = fold;
  const internal = region === undefined ? undefined : (regionData.internalName(region) ?? region);
  const shown = (name: string) => internal === undefined || name === internal;
  const states: Record<string, string> = {};
  for (const [name, { all_regions }] of regionData.state.regions)
    if (shown(name)) states[all_regions.name] = all_regions.state;
  const available: Record<string, readonly string[]> = {};
  for (const name of capabilities.regions)
    if (shown(name) && capabilities.in(name).length > 0)
      available[regionData.publicName(name)] = capabilities.in(name);
  return {
    ...fold.summary(),
    position: String(last?.position ?? -1n),
    recordedAt: last?.recordedAt ?? null,
    revision: String(regionData.state.revision),
    states,
    available,
    regionData: internal === undefined ? regionData.document : ofRegion(regionData.document, internal),
  };
}

/** A document with one region alone, and what refers to it. */
function ofRegion(document: RegionDataDocument, internal: string): RegionDataDocument {
  const regions = document.regions.filter((r) => r.internal_name === internal);
  const names = new Set([internal, ...regions.map((r) => r.public_name)]);
  const all_regions = document.all_regions.filter((r) => names.has(r.name));
  const realms = new Set(all_regions.map((r) => r.realm));
  return {
    realms: document.realms.filter((r) => realms.has(r.name)),
    regions,
    all_regions,
    vibes: document.vibes.filter((v) => names.has(v.target_region) || names.has(v.host_region)),
    availability_domains: document.availability_domains.filter((d) => names.has(d.region)),
    execution_targets: document.execution_targets.filter((t) => names.has(t.region)),
    subsets: document.subsets,
  };
}

import { capabilityId, resourceId } from '#libs/build-graph';
import { type CapabilityId } from '#libs/capabilities/contract';
import { type CompiledRegion, type CompiledResource } from '#libs/compilation/contract';
import { type Json } from '#libs/kernel';
import { type BaselineNode } from '#libs/releases/contract';
import { type Baseline } from '../contract/index.js';
import { currentDigest, outputName } from './current-digest.js';
import { type RegionPlan } from './plan-region.js';

type Outputs = Readonly<Record<string, Json>>;

/**
 * What stands in a region that a version set made, were it all done: each operation at the digest that it has with the outputs of
 * available capabilities, everything else unknown. `available`: by capability id. O(V + E).
 */
export function baselineOf(
  { plan }: Pick<RegionPlan, 'plan'>,
  compiled: CompiledRegion,
  available: ReadonlyMap<string, Outputs>,
): Baseline {
  const resources = resourcesOf(compiled);
  const nodes: Record<string, BaselineNode> = {};
  const unknown = new Map<string, Set<string>>();
  const wanted = (capability: string, name: string): void => {
    if (name === '' || name in (available.get(capability) ?? {})) return;
    unknown.set(capability, (unknown.get(capability) ?? new Set()).add(name));
  };
  for (const { id } of plan.actual.nodes) {
    const planned = plan.plans[id];
    if (!planned) continue;
    const { attributes } = resources.get(id.replace(/~provisional$/, ''))!;
    nodes[id] = { digest: currentDigest(planned, (read) => available.get(read) ?? {})!, attributes };
    for (const { node, path } of planned.outputsRead)
      if (!(node in plan.plans)) wanted(node, outputName(path));
    if (planned.publishes)
      for (const name of Object.keys(objectIn(attributes['outputs'])))
        wanted(planned.publishes.capability, name);
  }
  const capabilities = Object.fromEntries([...unknown].map(([id, names]) => [id, [...names].sort()]));
  return { region: compiled.region, nodes, capabilities, graph: plan.actual };
}

/** Capabilities that a compiled region publishes, with those of their outputs that are known without a run. */
export function publishedIn(
  compiled: CompiledRegion,
): readonly (CapabilityId & { readonly outputs: Outputs })[] {
  const found = new Map<string, CapabilityId & { outputs: Outputs }>();
  for (const { targets } of compiled.flocks)
    for (const { target, resources } of targets)
      for (const { publishes, attributes } of resources) {
        if (!publishes) continue;
        const { environment } = target;
        const { name } = publishes;
        const id = capabilityId({ region: compiled.region, environment, name });
        const outputs = { ...found.get(id)?.outputs, ...knownOutputs(attributes) };
        found.set(id, { environment, name, outputs });
      }
  return [...found.values()];
}

/** The `outputs` of a publication that are known. */
export function knownOutputs(attributes: Outputs): Outputs {
  return Object.fromEntries(
    Object.entries(objectIn(attributes['outputs'])).filter(([, value]) => !hasUnknown(value)),
  );
}

const objectIn = (value: Json | undefined): Outputs =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Outputs) : {};

/** Whether a part of a value stands as `{ $unknown }`. */
export const hasUnknown = (value: Json): boolean =>
  typeof value === 'object' &&
  value !== null &&
  ('$unknown' in value || (Object.values(value) as readonly Json[]).some(hasUnknown));

function resourcesOf({ region, flocks }: CompiledRegion): ReadonlyMap<string, CompiledResource> {
  const found = new Map<string, CompiledResource>();
  for (const { flock, targets } of flocks)
    for (const { target, resources } of targets)
      for (const resource of resources) {
        const { environment, name } = target;
        found.set(
          resourceId({ region, environment, flock, target: name, address: resource.address }),
          resource,
        );
      }
  return found;
}

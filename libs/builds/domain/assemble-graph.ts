import {
  BuildGraph,
  capabilityId,
  isOperation,
  upstream,
  type GraphEdge,
  type GraphNode,
  type NodeSplit,
  phaseId,
  provisionalId,
  resourceId,
  splitNodes,
  targetId,
} from '#libs/build-graph';
import { type CompiledRegion, type CompiledResource, type CapabilityNeed } from '#libs/compilation/contract';
import { hardwareCapability } from '#libs/capabilities/contract';
import { type Json } from '#libs/kernel';
import { type ExternalCapability, type NodePlan } from '../contract/index.js';

/** What assembly must know beside the compiled flocks. */
export interface RegionSurroundings {
  /** Internal name of the region that hosts this region's ViBE. */
  readonly hostRegion: string | null;
  /** Available there now, or, for another region, declared by its active build. */
  isProvided(region: string, environment: 'vibe' | 'target', name: string): boolean;
  /** What it gives where it is available; left out where nothing runs. */
  outputsOf?(
    region: string,
    environment: 'vibe' | 'target',
    name: string,
  ): Readonly<Record<string, Json>> | undefined;
}

export interface AssembledGraph {
  readonly graph: BuildGraph;
  readonly plans: ReadonlyMap<string, NodePlan>;
  readonly external: readonly ExternalCapability[];
}

/**
 * One region's compiled flocks as a typed graph. `declared` holds the capabilities that actual ∪ forecast publish (as
 * `environment/name`): a need without an environment goes to the ViBE if that declares it, else to the target.
 * O(V + E) beside the engine's own sorting.
 */
export function assembleGraph(
  compiled: CompiledRegion,
  declared: ReadonlySet<string>,
  surroundings: RegionSurroundings,
): AssembledGraph {
  const { region } = compiled;
  const nodes = new Map<string, GraphNode>();
  const edges: GraphEdge[] = [];
  const plans = new Map<string, NodePlan>();
  const external = new Map<string, ExternalCapability>();
  const publishers = publishersOf(compiled);
  const splits: NodeSplit[] = [];

  const capability = (where: { region: string; environment: 'vibe' | 'target'; name: string }): string => {
    const id = capabilityId(where);
    if (nodes.has(id)) return id;
    const foreign = where.region !== region;
    nodes.set(id, {
      id,
      kind: 'capability',
      region: where.region,
      environment: where.environment,
      flock: '',
      target: '',
      name: where.name,
      ...(surroundings.isProvided(where.region, where.environment, where.name) ? { available: true } : {}),
    });
    if (foreign) external.set(id, { node: id, ...where });
    return id;
  };

  const capabilityNeeded = (need: CapabilityNeed): string => {
    if (need.environment === 'host')
      return capability({
        region: need.region ?? surroundings.hostRegion ?? region,
        environment: 'target',
        name: need.name,
      });
    if (need.region !== null && need.region !== region)
      return capability({
        region: need.region,
        environment: need.environment ?? 'target',
        name: need.name,
      });
    const environment = need.environment ?? (declared.has(`vibe/${need.name}`) ? 'vibe' : 'target');
    return capability({ region, environment, name: need.name });
  };

  for (const flock of compiled.flocks) {
    const { settings, version } = flock;
    const phasesByName = new Map(flock.phases.map((p) => [p.name, p]));
    const phase = (environment: string, name: string): string => {
      const id = phaseId({ region, environment, flock: flock.flock, name });
      if (!nodes.has(id)) {
        const range = phasesByName.get(name)?.range;
        nodes.set(id, {
          id,
          kind: 'phase',
          region,
          environment,
          flock: flock.flock,
          target: '',
          owners: settings.owners,
          ...(range ? { range } : {}),
        });
      }
      return id;
    };
    const phasesInUse = new Set(flock.targets.map((t) => `${t.target.environment}/${t.target.phase ?? ''}`));

    for (const { target, resources } of flock.targets) {
      const { environment } = target;
      const place = { region, environment, flock: flock.flock, target: target.name };
      const targetNode = targetId(place);
      nodes.set(targetNode, {
        id: targetNode,
        kind: 'target',
        ...place,
        owners: settings.owners,
        range: target.range,
      });
      const before: string[] = [];
      if (target.phase !== null) {
        edges.push({ from: targetNode, to: phase(environment, target.phase), kind: 'phase' });
        for (const earlier of phasesByName.get(target.phase)?.after ?? [])
          if (phasesInUse.has(`${environment}/${earlier}`)) before.push(phase(environment, earlier));
      }

      for (const resource of resources) {
        const id = resourceId({ ...place, address: resource.address });
        const publication = resource.publishes;
        nodes.set(id, {
          id,
          kind: publication ? 'publication' : 'resource',
          ...place,
          address: resource.address,
          digest: resource.digest,
          owners: settings.owners,
          range: resource.range,
          ...(publication ? { name: publication.name, probe: publication.probe !== null } : {}),
        });
        edges.push({ from: id, to: targetNode, kind: 'target' });
        for (const earlier of before) edges.push({ from: earlier, to: id, kind: 'phase' });
        for (const dependency of resource.dependsOn)
          edges.push({
            from: resourceId({ ...place, address: dependency.address }),
            to: id,
            kind: dependency.kind,
            range: dependency.range,
          });
        const needed = new Map<string, string>();
        for (const need of resource.needs) {
          const from = capabilityNeeded(need);
          needed.set(need.name, from);
          edges.push({ from, to: id, kind: 'capability', range: need.range });
        }
        if (publication) {
          const to = capability({ region, environment, name: publication.name });
          edges.push({ from: id, to, kind: 'capability', range: resource.range });
        }
        plans.set(id, planOf(resource, version, place, needed, publishers));
        if (resource.breakCycle)
          splits.push({
            id,
            then: resource.breakCycle.then,
            without: resource.breakCycle.without.map((name) =>
              name.startsWith('capability:')
                ? (needed.get(name.slice('capability:'.length)) ?? name)
                : resourceId({ ...place, address: name }),
            ),
          });
      }
    }
  }
  // A dependency on an address that is not instantiated (count = 0) orders nothing.
  const known = edges.filter((e) => nodes.has(e.from) && nodes.has(e.to));
  const graph = splitNodes(new BuildGraph(nodes.values(), known), splits);
  for (const { id, without } of splits) {
    const provisional = graph.node(provisionalId(id));
    const final = plans.get(id)!;
    if (provisional)
      plans.set(provisional.id, {
        ...final,
        digest: provisional.digest!,
        outputsRead: final.outputsRead.filter((read) => !without.includes(read.node)),
      });
  }
  return { graph, plans, external: [...external.values()] };
}

/** Capabilities that a compiled region publishes, as `environment/name`. */
export function declaredCapabilities(...compiled: readonly (CompiledRegion | null)[]): ReadonlySet<string> {
  return new Set(compiled.flatMap((c) => (c ? [...publishersOf(c).keys()] : [])));
}

function publishersOf(compiled: CompiledRegion): ReadonlyMap<string, readonly string[]> {
  const publishers = new Map<string, string[]>();
  for (const flock of compiled.flocks)
    for (const { target, resources } of flock.targets)
      for (const { publishes, address } of resources) {
        if (!publishes) continue;
        const key = `${target.environment}/${publishes.name}`;
        const id = resourceId({
          region: compiled.region,
          environment: target.environment,
          flock: flock.flock,
          target: target.name,
          address,
        });
        const of = publishers.get(key);
        if (of) of.push(id);
        else publishers.set(key, [id]);
      }
  return publishers;
}

function planOf(
  resource: CompiledResource,
  version: string,
  place: {
    readonly region: string;
    readonly environment: 'vibe' | 'target';
    readonly flock: string;
    readonly target: string;
  },
  needed: ReadonlyMap<string, string>,
  publishers: ReadonlyMap<string, readonly string[]>,
): NodePlan {
  const { publishes } = resource;
  return {
    version,
    type: resource.type,
    executor: resource.executor,
    digest: resource.digest,
    outputsRead: resource.outputsRead.map(({ from, path }) => ({
      node: from.startsWith('capability:')
        ? (needed.get(from.slice('capability:'.length)) ?? from)
        : resourceId({ ...place, address: from }),
      from,
      path,
    })),
    publishes: publishes
      ? {
          capability: capabilityId({
            region: place.region,
            environment: place.environment,
            name: publishes.name,
          }),
          environment: place.environment,
          name: publishes.name,
          partial: publishes.partial,
          publishers: [...(publishers.get(`${place.environment}/${publishes.name}`) ?? [])].sort(),
        }
      : null,
  };
}

/** Which gates each operation of the target environment waits for, and what opens them (ARCHITECTURE, "Routing"). O(V + E). */
export function gatesOf(united: BuildGraph): {
  readonly waits: ReadonlyMap<string, readonly string[]>;
  readonly connections: readonly string[];
  readonly hardware: readonly string[];
} {
  const connections = united.nodes
    .filter((n) => n.kind === 'resource' && n.address?.startsWith('connection.') === true)
    .map((n) => n.id);
  const hardware = united.nodes
    .filter((n) => n.kind === 'capability' && n.name === hardwareCapability && hasPublisher(united, n.id))
    .map((n) => n.id);
  const beforeConnections = upstream(united, connections);
  const beforeHardware = upstream(united, hardware);
  const waits = new Map<string, readonly string[]>();
  for (const node of united.nodes) {
    if (node.environment !== 'target' || !isOperation(node)) continue;
    const gates = ['target_available'];
    if (!beforeConnections.has(node.id)) {
      if (connections.length > 0) gates.push('connections');
      if (hardware.length > 0 && !beforeHardware.has(node.id)) gates.push('hardware');
    }
    waits.set(node.id, gates);
  }
  return { waits, connections, hardware };
}

function hasPublisher(graph: BuildGraph, capability: string): boolean {
  return graph.predecessors(capability).length > 0;
}

/** The graph with each operation's gates written into its nodes. */
export function withGates(graph: BuildGraph, waits: ReadonlyMap<string, readonly string[]>): BuildGraph {
  return new BuildGraph(
    graph.nodes.map((n) => {
      const waitsForGate = waits.get(n.id);
      return waitsForGate ? { ...n, waitsForGate } : n;
    }),
    graph.edges,
  );
}

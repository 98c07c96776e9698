import { breakSet, type Budget } from './break-set.js';
import { type BuildGraph } from './build-graph.js';
import { type CyclicComponent, cyclicComponents, edgesOf, hasKind } from './cyclic-component.js';
import { type Finding, findingKinds } from './finding.js';
import { type GraphEdge, isStructural } from './graph-edge.js';
import { type GraphNode, isOperation } from './graph-node.js';
import { rounds } from './rounds.js';
import { shortestCycle } from './shortest-cycle.js';
import { adjacency } from './adjacency.js';
import { type SourceRange } from '#libs/kernel';

/** Arcs that each of the searches for smallest break sets and shortest cycles may look at in one graph: a few tenths of a second. */
const searchBudget = 5_000_000;

/** All findings of one graph by itself, in canonical order. O((V + E) log V) where there is no cycle; see `breakSet` and `shortestCycle`. */
export function analyse(graph: BuildGraph): readonly Finding[] {
  return inOrder([
    ...cycles(graph),
    ...capabilityFindings(graph),
    ...orphanNodes(graph),
    ...interleavings(graph),
  ]);
}

/**
 * The findings before a build: cycles and duplicate publications of each graph alone, cycles through `state` edges and all else of the
 * union, each once. `also` has what compilation found (deprecated and hard-coded regions).
 */
export function analyseBuild(graphs: {
  readonly actual: BuildGraph;
  readonly forecast: BuildGraph;
  readonly union: BuildGraph;
  readonly also?: readonly Finding[];
}): readonly Finding[] {
  const { actual, forecast, union, also = [] } = graphs;
  const alone = [actual, ...(forecast === actual ? [] : [forecast])].flatMap((graph) => [
    ...cycles(graph),
    ...capabilityFindings(graph).filter((f) => f.kind === 'duplicate-publication'),
  ]);
  return inOrder([
    ...also,
    ...alone,
    ...cycles(union, 'state'),
    ...capabilityFindings(union).filter((f) => f.kind !== 'duplicate-publication'),
    ...orphanNodes(union),
    ...interleavings(union),
  ]);
}

/** Sorts by severity, kind and nodes, and drops what was said before of the same nodes at the same places. */
export function inOrder(findings: readonly Finding[]): readonly Finding[] {
  const severities = ['error', 'warning', 'information'];
  const keyed = new Map<string, Finding>();
  for (const finding of findings) {
    const rank = `${severities.indexOf(finding.severity)}${String.fromCharCode(97 + findingKinds.indexOf(finding.kind))}`;
    const places = finding.ranges.map((range) => `${range.filename}:${range.start.byte}`);
    const key = [rank, ...finding.nodes, finding.message, ...places].join('\n');
    if (!keyed.has(key)) keyed.set(key, finding);
  }
  return [...keyed].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, finding]) => finding);
}

/** One finding for each strongly connected component with a cycle; with `through`, only cycles with an edge of that kind. */
function cycles(graph: BuildGraph, through?: 'state'): readonly Finding[] {
  const forBreaking: Budget = { visits: searchBudget };
  const forPaths: Budget = { visits: searchBudget };
  return cyclicComponents(graph).flatMap((component) => {
    const arcs = [...component.tails.keys()];
    const seeds = through && arcs.filter((arc) => hasKind(graph, component, arc, through));
    if (seeds?.length === 0) return [];
    const fixed = Uint8Array.from(arcs, (arc) => (breakable(graph, component, arc) ? 0 : 1));
    const broken = breakSet(component, fixed, forBreaking);
    const path = shortestCycle(component, seeds ?? broken, forPaths);
    return [cycleFinding(graph, component, path, edgesOf(graph, component, broken))];
  });
}

/** Authors can take away what a resource needs; publication, membership, phases and the region's state are what they are. */
function breakable(graph: BuildGraph, component: CyclicComponent, arc: number): boolean {
  for (let e = component.firstEdge[arc]!; e < component.endEdge[arc]!; e++) {
    const kind = graph.kindOf(e);
    if (isStructural(kind)) return false;
    if (kind === 'capability' && graph.nodes[graph.heads[e]!]!.kind === 'capability') return false;
  }
  return true;
}

function cycleFinding(
  graph: BuildGraph,
  component: CyclicComponent,
  arcs: readonly number[],
  broken: readonly GraphEdge[],
): Finding {
  const path = arcs.map((arc) => graph.nodes[component.members[component.tails[arc]!]!]!);
  const ranges = arcs.flatMap((arc) => rangesOf(graph, component.firstEdge[arc]!, component.endEdge[arc]!));
  const names = [...path, path[0]!].map((node) => node.id);
  const gone = broken.map((edge) => `${edge.from} → ${edge.to}`);
  const more =
    component.members.length > path.length
      ? ` (${component.members.length} nodes wait for one another in all)`
      : '';
  return {
    kind: 'cycle',
    severity: 'error',
    nodes: Array.from(component.members, (n) => graph.nodes[n]!.id),
    owners: ownersOf(path),
    ranges: distinct(ranges),
    message: `each of these waits for the one before it, so none can be first: ${shortened(names, ' → ')}${more}`,
    fix:
      `remove the dependency ${shortened(gone, ', and ')}; or split the resource that has it with ` +
      `break_cycle { without = [that dependency], then = "update" }, so that it is created first without it`,
    path: path.map((node) => node.id),
    breakSet: broken,
    flocks: flocksOf(path),
  };
}

function capabilityFindings(graph: BuildGraph): readonly Finding[] {
  const findings: Finding[] = [];
  let names: ReadonlyMap<string, readonly GraphNode[]> | undefined;
  for (let n = 0; n < graph.nodes.length; n++) {
    const capability = graph.nodes[n]!;
    if (capability.kind !== 'capability') continue;
    const publishers: GraphNode[] = [];
    const published: number[] = [];
    for (let i = graph.inStart[n]!; i < graph.inStart[n + 1]!; i++) {
      const e = graph.inEdges[i]!;
      if (isStructural(graph.kindOf(e))) continue;
      published.push(e);
      const from = graph.nodes[graph.tails[e]!]!;
      if (publishers.at(-1) !== from) publishers.push(from);
    }
    const needed: number[] = [];
    let stateWaits = false;
    for (let e = graph.outStart[n]!; e < graph.outStart[n + 1]!; e++)
      if (graph.kindOf(e) === 'state') stateWaits = true;
      else needed.push(e);

    if (publishers.length === 0 && !capability.available && (needed.length > 0 || stateWaits)) {
      names ??= byName(graph);
      findings.push(orphanedCapability(graph, capability, needed, stateWaits, names));
    }
    if (new Set(publishers.map((p) => `${p.flock}\n${p.address ?? p.id}`)).size > 1)
      findings.push(duplicatePublication(graph, capability, publishers, published));
    const empty = publishers.filter(
      (p) => p.kind === 'publication' && !p.probe && !dependsOnSomething(graph, p),
    );
    if (empty.length > 0) findings.push(falsePublication(capability, empty));
  }
  return findings;
}

function orphanedCapability(
  graph: BuildGraph,
  capability: GraphNode,
  needed: readonly number[],
  stateWaits: boolean,
  names: ReadonlyMap<string, readonly GraphNode[]>,
): Finding {
  const needs = distinct(needed.map((e) => graph.nodes[graph.heads[e]!]!));
  const name = nameOf(capability);
  const where = `${capability.region} (${capability.environment})`;
  const who = [
    ...(needs.length > 0
      ? [
          shortened(
            needs.map((node) => node.id),
            ', ',
          ),
        ]
      : []),
    ...(stateWaits ? ['the region itself, before it can turn Building'] : []),
  ].join(', and ');
  const similar = similarNames(name, capability, names);
  return {
    kind: 'orphaned-capability',
    severity: 'error',
    nodes: [capability.id, ...needs.map((node) => node.id)],
    owners: ownersOf(needs),
    ranges: distinct(needed.flatMap((e) => rangesOf(graph, e, e + 1))),
    message: `nobody publishes "${name}" in ${where}, which is needed by ${who}`,
    fix:
      `let a flock publish it there (resource "capability" with name = "${name}"), or correct the name or environment of the need` +
      (similar.length > 0 ? `; published are ${similar.join(', ')}` : ''),
    flocks: flocksOf(needs),
  };
}

function duplicatePublication(
  graph: BuildGraph,
  capability: GraphNode,
  publishers: readonly GraphNode[],
  published: readonly number[],
): Finding {
  return {
    kind: 'duplicate-publication',
    severity: 'warning',
    nodes: [capability.id, ...publishers.map((p) => p.id)],
    owners: ownersOf(publishers),
    ranges: distinct(published.flatMap((e) => rangesOf(graph, e, e + 1))),
    message:
      `"${nameOf(capability)}" in ${capability.region} (${capability.environment}) has several publishers: ` +
      `${shortened(
        publishers.map((p) => p.id),
        ', ',
      )}; who needs it waits for all of them`,
    fix: 'leave it to one publisher, and give the others a name of their own',
    flocks: flocksOf(publishers),
  };
}

function falsePublication(capability: GraphNode, publications: readonly GraphNode[]): Finding {
  return {
    kind: 'false-publication',
    severity: 'warning',
    nodes: [capability.id, ...publications.map((p) => p.id)],
    owners: ownersOf(publications),
    ranges: distinct(publications.flatMap((p) => (p.range ? [p.range] : []))),
    message:
      `"${nameOf(capability)}" would be published before anything works: ` +
      `${shortened(
        publications.map((p) => p.id),
        ', ',
      )} has neither a dependency nor a probe`,
    fix: 'name in depends_on what provides it, or give it a probe',
    flocks: flocksOf(publications),
  };
}

function orphanNodes(graph: BuildGraph): readonly Finding[] {
  const findings: Finding[] = [];
  for (let n = 0; n < graph.nodes.length; n++) {
    const node = graph.nodes[n]!;
    if (node.kind !== 'resource' || isJoined(graph, n)) continue;
    findings.push({
      kind: 'orphan-node',
      severity: 'warning',
      nodes: [node.id],
      owners: ownersOf([node]),
      ranges: node.range ? [node.range] : [],
      message: `${node.id} neither depends on anything nor does anything depend on it`,
      fix: 'refer to it where it is needed, let a capability depend on it, or remove it',
      flocks: flocksOf([node]),
    });
  }
  return findings;
}

/** Flocks that need each other without a cycle of resources: information, one for each group of them. */
function interleavings(graph: BuildGraph): readonly Finding[] {
  const { round, group, groups, component, order } = rounds(graph);
  const highest = new Map<number, number>();
  const lowest = new Map<number, number>();
  for (const n of order) {
    if (!isOperation(graph.nodes[n]!)) continue;
    const g = group[n]!;
    highest.set(g, Math.max(highest.get(g) ?? 0, round[n]!));
    lowest.set(g, Math.min(lowest.get(g) ?? Infinity, round[n]!));
  }
  const several = new Set(
    [...highest.keys()].filter((g) => highest.get(g)! > lowest.get(g)!).map((g) => component[g]!),
  );
  if (several.size === 0) return [];

  const members = new Map<number, Set<number>>([...several].map((c) => [c, new Set()]));
  for (const n of order) members.get(component[group[n]!]!)?.add(group[n]!);
  // The first edge between two groups stands for all.
  const edges = new Map<number, Map<number, number>>([...several].map((c) => [c, new Map()]));
  for (let e = 0; e < graph.size; e++) {
    const from = group[graph.tails[e]!]!;
    const to = group[graph.heads[e]!]!;
    if (from === to || component[from] !== component[to]) continue;
    if (graph.kindOf(e) === 'state' || graph.kindOf(e) === 'gate') continue;
    const between = from * groups.length + to;
    const own = edges.get(component[from]!);
    if (own && !own.has(between)) own.set(between, e);
  }
  const budget: Budget = { visits: searchBudget };
  return [...several].map((c) => {
    const local = [...members.get(c)!].sort((a, b) => (groups[a]! < groups[b]! ? -1 : 1));
    const place = new Map(local.map((g, i) => [g, i]));
    const own = [...edges.get(c)!.values()];
    const tails = own.map((e) => place.get(group[graph.tails[e]!]!)!);
    const heads = own.map((e) => place.get(group[graph.heads[e]!]!)!);
    const cycle = shortestCycle(
      {
        tails: Int32Array.from(tails),
        heads: Int32Array.from(heads),
        into: adjacency(local.length, heads, tails),
      },
      tails.keys(),
      budget,
    );
    const witnesses = cycle.map((i) => own[i]!);
    const ends = distinct(
      witnesses.flatMap((e) => [graph.nodes[graph.tails[e]!]!, graph.nodes[graph.heads[e]!]!]),
    );
    const parts = local.filter((g) => (highest.get(g) ?? 0) > lowest.get(g)!).map((g) => groups[g]!);
    const concerned = order.filter((n) => component[group[n]!] === c).map((n) => graph.nodes[n]!);
    return {
      kind: 'several-releases' as const,
      severity: 'information' as const,
      nodes: ends.map((node) => node.id),
      owners: ownersOf(concerned),
      ranges: distinct(witnesses.flatMap((e) => rangesOf(graph, e, e + 1))),
      message:
        `flocks ${shortened(flocksOf(concerned), ', ')} need each other's early results; ` +
        `several releases each get ${shortened(parts, ', ')}`,
      fix: 'nothing needs to be done; if single releases are wanted, move what the others need early into a flock of its own',
      path: cycle.map((i) => groups[local[tails[i]!]!]!),
      flocks: flocksOf(concerned),
    };
  });
}

function dependsOnSomething(graph: BuildGraph, node: GraphNode): boolean {
  const n = graph.at(node.id);
  for (let i = graph.inStart[n]!; i < graph.inStart[n + 1]!; i++)
    if (!isStructural(graph.kindOf(graph.inEdges[i]!))) return true;
  return false;
}

function isJoined(graph: BuildGraph, n: number): boolean {
  for (let e = graph.outStart[n]!; e < graph.outStart[n + 1]!; e++)
    if (!isStructural(graph.kindOf(e))) return true;
  for (let i = graph.inStart[n]!; i < graph.inStart[n + 1]!; i++)
    if (!isStructural(graph.kindOf(graph.inEdges[i]!))) return true;
  return false;
}

/** Ranges of the parallel edges `[from, to)`; where none has one, that of the node that has the dependency or the publication. */
function rangesOf(graph: BuildGraph, from: number, to: number): readonly SourceRange[] {
  const ranges = graph.edges.slice(from, to).flatMap((edge) => (edge.range ? [edge.range] : []));
  if (ranges.length > 0) return ranges;
  const head = graph.nodes[graph.heads[from]!]!;
  const range = (head.kind === 'capability' ? graph.nodes[graph.tails[from]!]! : head).range;
  return range ? [range] : [];
}

function byName(graph: BuildGraph): ReadonlyMap<string, readonly GraphNode[]> {
  const names = new Map<string, GraphNode[]>();
  graph.nodes.forEach((node, n) => {
    if (node.kind !== 'capability' || (!node.available && graph.inStart[n] === graph.inStart[n + 1])) return;
    const same = names.get(nameOf(node));
    if (same) same.push(node);
    else names.set(nameOf(node), [node]);
  });
  return names;
}

/** What an author may have meant: the same name elsewhere, else up to three names that differ in one or two characters. */
function similarNames(
  name: string,
  capability: GraphNode,
  names: ReadonlyMap<string, readonly GraphNode[]>,
): readonly string[] {
  const elsewhere = names.get(name);
  if (elsewhere) return elsewhere.slice(0, 3).map((c) => `"${name}" in ${c.region} (${c.environment})`);
  return [...names]
    .filter(
      ([other, nodes]) => nodes.some((c) => c.region === capability.region) && differBy(name, other) <= 2,
    )
    .map(([other]) => `"${other}"`)
    .sort()
    .slice(0, 3);
}

/** Levenshtein distance, 3 where it is more. O(length²), only for names of about the same length. */
function differBy(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return Math.min(3, row[b.length]!);
}

const nameOf = (capability: GraphNode): string => capability.name ?? capability.id;

const ownersOf = (nodes: readonly GraphNode[]): readonly string[] =>
  [...new Set(nodes.flatMap((node) => node.owners ?? []))].sort();

const flocksOf = (nodes: readonly GraphNode[]): readonly string[] =>
  [...new Set(nodes.flatMap((node) => (node.flock === '' ? [] : [node.flock])))].sort();

const distinct = <T>(items: readonly T[]): readonly T[] => [...new Set(items)];

/** A message names six at most; `nodes` has all. */
function shortened(names: readonly string[], separator: string): string {
  if (names.length <= 7) return names.join(separator);
  const cut = names.length - 6;
  return [...names.slice(0, 5), `… ${cut} more …`, names.at(-1)!].join(separator);
}

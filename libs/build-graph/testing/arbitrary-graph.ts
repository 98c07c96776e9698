import fc from 'fast-check';
import { BuildGraph, edgeKinds, type EdgeKind, type GraphEdge, type GraphNode } from '../index.js';

export const idOf = (n: number): string => `n${String(n).padStart(3, '0')}`;

export function resource(id: string, more: Partial<GraphNode> = {}): GraphNode {
  return { id, kind: 'resource', region: 'r', environment: 'target', flock: 'f', target: 't', ...more };
}

export function capability(name: string, more: Partial<GraphNode> = {}): GraphNode {
  const id = `capability:r/target/${name}`;
  return { id, kind: 'capability', region: 'r', environment: 'target', flock: '', target: '', name, ...more };
}

/** `a>b` edges, separated by spaces, between resources; `reference` unless said otherwise. */
export function graphOf(text: string, kind: EdgeKind = 'reference'): BuildGraph {
  const edges = text.split(' ').map((pair): GraphEdge => {
    const [from, to] = pair.split('>');
    return { from: from!, to: to!, kind };
  });
  return new BuildGraph(
    edges.flatMap((e) => [resource(e.from), resource(e.to)]),
    edges,
  );
}

interface Shape {
  readonly acyclic?: boolean;
  readonly maxNodes?: number;
  readonly maxEdges?: number;
  readonly kinds?: readonly EdgeKind[];
  /** Nodes are spread over so many flocks, with two targets each. */
  readonly flocks?: number;
}

/** Any graph of resources; where it must be acyclic, in an order of nodes that has nothing to do with their ids. */
export function arbitraryGraph(shape: Shape = {}): fc.Arbitrary<BuildGraph> {
  const { acyclic = false, maxNodes = 14, maxEdges = 40, kinds = edgeKinds, flocks = 3 } = shape;
  return fc.integer({ min: 1, max: maxNodes }).chain((count) =>
    fc
      .record({
        places: fc.shuffledSubarray([...Array(count).keys()], { minLength: count, maxLength: count }),
        nodes: fc.array(
          fc.record({
            flock: fc.nat(flocks - 1),
            target: fc.nat(1),
            durationMs: fc.integer({ min: 1, max: 100 }),
            digest: fc.constantFrom('x', 'y'),
          }),
          { minLength: count, maxLength: count },
        ),
        pairs: fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1), fc.constantFrom(...kinds)), {
          maxLength: maxEdges,
        }),
      })
      .map(({ places, nodes, pairs }) => {
        const edges = pairs.flatMap(([a, b, kind]): GraphEdge[] => {
          if (acyclic && a === b) return [];
          const [from, to] = acyclic && places[a]! > places[b]! ? [b, a] : [a, b];
          return [{ from: idOf(from), to: idOf(to), kind }];
        });
        return new BuildGraph(
          nodes.map(({ flock, target, durationMs, digest }, n) =>
            resource(idOf(n), { flock: `f${flock}`, target: `t${target}`, durationMs, digest }),
          ),
          edges,
        );
      }),
  );
}

/** reach[a][b]: a path of at least one edge leads from a to b. By definition, O(V³). */
export function reachability(graph: BuildGraph): readonly (readonly boolean[])[] {
  const count = graph.nodes.length;
  const reach = graph.nodes.map(() => new Array<boolean>(count).fill(false));
  for (let e = 0; e < graph.size; e++) reach[graph.tails[e]!]![graph.heads[e]!] = true;
  for (let k = 0; k < count; k++)
    for (let a = 0; a < count; a++)
      if (reach[a]![k]) for (let b = 0; b < count; b++) if (reach[k]![b]) reach[a]![b] = true;
  return reach;
}

export function isAcyclic(graph: BuildGraph): boolean {
  return reachability(graph).every((row, n) => !row[n]);
}

/** Reproducible random numbers from 0 to 1 (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

import { digestOf } from '#libs/kernel';
import { edgeKinds, type EdgeKind, type GraphEdge } from './graph-edge.js';
import { type GraphNode } from './graph-node.js';

const kindIndex = new Map<EdgeKind, number>(edgeKinds.map((kind, i) => [kind, i]));
const byId = (a: { readonly id: string }, b: { readonly id: string }): number =>
  a.id < b.id ? -1 : a.id > b.id ? 1 : 0;

/** JSON form, canonical: nodes by id, edges by (from, to, kind). */
export interface BuildGraphJson {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/**
 * The build dependency graph: immutable, compact. A node's *index* is its place in `nodes`, which are sorted by id (UTF-16 code
 * units), so that smaller index means smaller id; edges are sorted by (from, to, kind) and kept as typed arrays.
 *
 * Successors of node n are `heads[outStart[n] … outStart[n+1])`, where a position is the edge's index; incoming edges of n are
 * the edge indices `inEdges[inStart[n] … inStart[n+1])`, by ascending predecessor. Edges may form cycles and loops.
 */
export class BuildGraph {
  static readonly empty = new BuildGraph([], []);

  readonly nodes: readonly GraphNode[];
  /** Number of edges. */
  readonly size: number;
  /** Index of the node where edge e starts, and where it ends. */
  readonly tails: Int32Array;
  readonly heads: Int32Array;
  readonly outStart: Int32Array;
  readonly inStart: Int32Array;
  readonly inEdges: Int32Array;
  readonly #kinds: Uint8Array;
  readonly #edges: readonly GraphEdge[];
  readonly #index: ReadonlyMap<string, number>;
  #digest: string | undefined;

  /**
   * O(V log V + E log E). Of nodes or edges with the same identity the last one holds.
   * Throws a RangeError where an edge names a node that is not there.
   */
  constructor(nodes: Iterable<GraphNode>, edges: Iterable<GraphEdge>) {
    const byIdentity = new Map<string, GraphNode>();
    for (const node of nodes) byIdentity.set(node.id, node);
    this.nodes = [...byIdentity.values()].sort(byId);
    const count = this.nodes.length;
    const index = new Map<string, number>();
    for (let n = 0; n < count; n++) index.set(this.nodes[n]!.id, n);
    this.#index = index;

    const given = [...edges];
    const keys = new Float64Array(given.length);
    const perNode = edgeKinds.length;
    for (let e = 0; e < given.length; e++) {
      const edge = given[e]!;
      const from = index.get(edge.from);
      const to = index.get(edge.to);
      if (from === undefined || to === undefined)
        throw new RangeError(
          `edge ${edge.from} → ${edge.to}: no node ${from === undefined ? edge.from : edge.to}`,
        );
      // Exact in a double up to 30 million nodes: count² · 8 < 2⁵³.
      keys[e] = (from * count + to) * perNode + kindIndex.get(edge.kind)!;
    }
    let sorted = true;
    for (let e = 1; e < keys.length && sorted; e++) sorted = keys[e - 1]! < keys[e]!;
    if (sorted) this.#edges = given;
    else {
      const last = new Map<number, GraphEdge>();
      for (let e = 0; e < given.length; e++) last.set(keys[e]!, given[e]!);
      const order = Float64Array.from(last.keys()).sort();
      this.#edges = Array.from(order, (key) => last.get(key)!);
    }

    const size = (this.size = this.#edges.length);
    this.tails = new Int32Array(size);
    this.heads = new Int32Array(size);
    this.#kinds = new Uint8Array(size);
    this.outStart = new Int32Array(count + 1);
    this.inStart = new Int32Array(count + 1);
    this.inEdges = new Int32Array(size);
    for (let e = 0; e < size; e++) {
      const edge = this.#edges[e]!;
      const from = index.get(edge.from)!;
      const to = index.get(edge.to)!;
      this.tails[e] = from;
      this.heads[e] = to;
      this.#kinds[e] = kindIndex.get(edge.kind)!;
      this.outStart[from + 1]!++;
      this.inStart[to + 1]!++;
    }
    for (let n = 0; n < count; n++) {
      this.outStart[n + 1]! += this.outStart[n]!;
      this.inStart[n + 1]! += this.inStart[n]!;
    }
    const next = this.inStart.slice();
    for (let e = 0; e < size; e++) this.inEdges[next[this.heads[e]!]!++] = e;
  }

  static fromJson(json: BuildGraphJson): BuildGraph {
    return new BuildGraph(json.nodes, json.edges);
  }

  get edges(): readonly GraphEdge[] {
    return this.#edges;
  }

  has(id: string): boolean {
    return this.#index.has(id);
  }

  node(id: string): GraphNode | undefined {
    const n = this.#index.get(id);
    return n === undefined ? undefined : this.nodes[n];
  }

  /** Index of a node, -1 where there is none. */
  indexOf(id: string): number {
    return this.#index.get(id) ?? -1;
  }

  /** Index of a node that must be there; a RangeError otherwise. */
  at(id: string): number {
    const n = this.#index.get(id);
    if (n === undefined) throw new RangeError(`no node ${id} in the graph`);
    return n;
  }

  kindOf(edge: number): EdgeKind {
    return edgeKinds[this.#kinds[edge]!]!;
  }

  /** Ids of the direct predecessors, ascending, each once. O(degree). */
  predecessors(id: string): readonly string[] {
    const n = this.at(id);
    const ids: string[] = [];
    for (let i = this.inStart[n]!, last = -1; i < this.inStart[n + 1]!; i++) {
      const from = this.tails[this.inEdges[i]!]!;
      if (from !== last) ids.push(this.nodes[from]!.id);
      last = from;
    }
    return ids;
  }

  /** Ids of the direct successors, ascending, each once. O(degree). */
  successors(id: string): readonly string[] {
    const n = this.at(id);
    const ids: string[] = [];
    for (let e = this.outStart[n]!, last = -1; e < this.outStart[n + 1]!; e++) {
      const to = this.heads[e]!;
      if (to !== last) ids.push(this.nodes[to]!.id);
      last = to;
    }
    return ids;
  }

  toJSON(): BuildGraphJson {
    return { nodes: this.nodes, edges: this.#edges };
  }

  /** Equal graphs have equal digests. O(V + E) once, then kept. */
  get digest(): string {
    return (this.#digest ??= digestOf(this.toJSON()));
  }
}

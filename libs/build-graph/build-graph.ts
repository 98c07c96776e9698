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
   * O(V log V + E), and without the logarithm where nodes are given in order. Of nodes or edges with the same identity the last one
   * holds. Throws a RangeError where an edge names a node that is not there.
   */
  constructor(nodes: Iterable<GraphNode>, edges: Iterable<GraphEdge>) {
    this.nodes = distinctById([...nodes]);
    const count = this.nodes.length;
    const index = new Map<string, number>();
    for (let n = 0; n < count; n++) index.set(this.nodes[n]!.id, n);
    this.#index = index;

    const given = [...edges];
    const from = new Int32Array(given.length);
    const to = new Int32Array(given.length);
    const kind = new Uint8Array(given.length);
    for (let e = 0; e < given.length; e++) {
      const edge = given[e]!;
      const tail = index.get(edge.from);
      const head = index.get(edge.to);
      if (tail === undefined || head === undefined)
        throw new RangeError(
          `edge ${edge.from} → ${edge.to}: no node ${tail === undefined ? edge.from : edge.to}`,
        );
      from[e] = tail;
      to[e] = head;
      kind[e] = kindIndex.get(edge.kind)!;
    }
    let order = Int32Array.from(given.keys());
    order = byKey(order, kind, edgeKinds.length);
    order = byKey(order, to, count);
    order = byKey(order, from, count);
    let size = 0;
    for (const e of order) {
      const last = order[size - 1];
      if (size > 0 && from[last!] === from[e] && to[last!] === to[e] && kind[last!] === kind[e])
        order[size - 1] = e;
      else order[size++] = e;
    }
    order = order.subarray(0, size);

    this.size = size;
    this.#edges = Array.from(order, (e) => given[e]!);
    this.tails = order.map((e) => from[e]!);
    this.heads = order.map((e) => to[e]!);
    this.#kinds = Uint8Array.from(order, (e) => kind[e]!);
    this.outStart = startsOf(this.tails, count);
    this.inStart = startsOf(this.heads, count);
    this.inEdges = byKey(Int32Array.from(order.keys()), this.heads, count);
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

  /** The same order as an attribute of the nodes: each with the ids of its direct predecessors. O(V + E). */
  get dependencies(): readonly { readonly id: string; readonly dependsOn: readonly string[] }[] {
    return this.nodes.map(({ id }) => ({ id, dependsOn: this.predecessors(id) }));
  }

  toJSON(): BuildGraphJson {
    return { nodes: this.nodes, edges: this.#edges };
  }

  /** Equal graphs have equal digests. O(V + E) once, then kept. */
  get digest(): string {
    return (this.#digest ??= digestOf(this.toJSON()));
  }
}

function distinctById(nodes: readonly GraphNode[]): readonly GraphNode[] {
  let inOrder = true;
  for (let n = 1; n < nodes.length && inOrder; n++) inOrder = nodes[n - 1]!.id < nodes[n]!.id;
  if (inOrder) return nodes;
  return [...new Map(nodes.map((node) => [node.id, node])).values()].sort(byId);
}

/** Where the edges of each node begin, of edges sorted by `keys`; one more entry than nodes. */
function startsOf(keys: Int32Array, count: number): Int32Array {
  const starts = new Int32Array(count + 1);
  for (const key of keys) starts[key + 1]!++;
  for (let n = 0; n < count; n++) starts[n + 1]! += starts[n]!;
  return starts;
}

/** Counting sort, stable: the entries of `order` by `keys[entry]`, which are below `range`. O(|order| + range). */
function byKey(order: Int32Array, keys: Int32Array | Uint8Array, range: number): Int32Array<ArrayBuffer> {
  const next = new Int32Array(range + 1);
  for (const e of order) next[keys[e]! + 1]!++;
  for (let k = 0; k < range; k++) next[k + 1]! += next[k]!;
  const sorted = new Int32Array(order.length);
  for (const e of order) sorted[next[keys[e]!]!++] = e;
  return sorted;
}

import { type BuildGraph } from './build-graph.js';
import { priorities } from './critical-path.js';
import { type GraphNode, isOperation } from './graph-node.js';

/** What a node waits for; all empty where it is ready, started or done. */
export interface Blocked {
  /** Ids of the direct predecessors that are not done. */
  readonly predecessors: readonly string[];
  /** Names of the closed gates that it waits for. */
  readonly gates: readonly string[];
  /** Reasons for which it is held. */
  readonly holds: readonly string[];
}

/** Of operations only. */
export interface FrontierCounts {
  readonly total: number;
  readonly done: number;
  readonly started: number;
  readonly ready: number;
  readonly waiting: number;
}

/** Plain JSON; what `new Frontier(graph, state)` takes back, also with another graph after a merge. */
export interface FrontierState {
  readonly done: readonly string[];
  readonly started?: readonly string[];
  readonly openGates?: readonly string[];
  readonly holds?: readonly { readonly node: string; readonly reason: string }[];
}

export interface FrontierOptions {
  /** Capabilities are done as soon as all their publications are, without `markDone`: for simulations. */
  readonly capabilitiesFollow?: boolean;
  /** By node index, highest first; otherwise the milliseconds of the longest path from the node on. */
  readonly priority?: Float64Array;
}

/**
 * What of a build can be started now. An operation is ready when all its predecessors are done, all its gates are open and nobody
 * holds it. Capabilities become done by `markDone` alone, whenever they are available (those with `available` are from the
 * start); phases and targets follow; a done final form makes its provisional one done.
 *
 * Incremental: over a build, O(1) for each edge. Ids that the graph does not have are ignored in `FrontierState`, and a RangeError in
 * methods. Lists of ids are in the order in which nodes came to be ready or blocked, except where said.
 */
export class Frontier {
  readonly graph: BuildGraph;
  readonly #capabilitiesFollow: boolean;
  readonly #done: Uint8Array;
  readonly #started: Uint8Array;
  /** Incoming edges whose start is not done. */
  readonly #missing: Int32Array;
  readonly #closedGates: Int32Array;
  readonly #byGate = new Map<string, number[]>();
  readonly #openGates: Set<string>;
  readonly #holds = new Map<number, Set<string>>();
  readonly #ready = new Set<number>();
  readonly #provisionals = new Map<number, number>();
  #priority: Float64Array | undefined;
  #operations = 0;
  #doneOperations = 0;
  #doneNodes = 0;
  #startedOperations = 0;

  /** O(V + E). */
  constructor(graph: BuildGraph, state: FrontierState = { done: [] }, options: FrontierOptions = {}) {
    const count = graph.nodes.length;
    this.graph = graph;
    this.#capabilitiesFollow = options.capabilitiesFollow ?? false;
    this.#priority = options.priority;
    this.#done = new Uint8Array(count);
    this.#started = new Uint8Array(count);
    this.#missing = new Int32Array(count);
    this.#closedGates = new Int32Array(count);
    this.#openGates = new Set(state.openGates);
    for (let n = 0; n < count; n++) {
      const node = graph.nodes[n]!;
      this.#missing[n] = graph.inStart[n + 1]! - graph.inStart[n]!;
      if (isOperation(node)) this.#operations++;
      for (const gate of node.waitsForGate ?? []) {
        const waiting = this.#byGate.get(gate);
        if (waiting) waiting.push(n);
        else this.#byGate.set(gate, [n]);
        if (!this.#openGates.has(gate)) this.#closedGates[n]!++;
      }
      if (node.final !== undefined && graph.has(node.final)) this.#provisionals.set(graph.at(node.final), n);
    }
    for (const { node, reason } of state.holds ?? []) {
      const n = graph.indexOf(node);
      if (n !== -1) this.#addHold(n, reason);
    }
    for (const id of state.started ?? []) {
      const n = graph.indexOf(id);
      if (n !== -1) this.#setStarted(n, true);
    }
    for (let n = 0; n < count; n++) {
      if (this.#missing[n] === 0 && this.#follows(n)) this.#finish(n, []);
      else if (graph.nodes[n]!.kind === 'capability' && graph.nodes[n]!.available) this.#finish(n, []);
    }
    for (const id of state.done) {
      const n = graph.indexOf(id);
      // A phase that was done may have got further predecessors by a merge.
      if (n !== -1 && !gathers(graph.nodes[n]!)) this.#finish(n, []);
    }
    for (let n = 0; n < count; n++) this.#admit(n);
  }

  /** What a restart, or the frontier of the merged graph, begins with. O(V). */
  get state(): FrontierState {
    const ids = (flags: Uint8Array): string[] =>
      this.graph.nodes.flatMap((node, n) => (flags[n] ? [node.id] : []));
    return {
      done: ids(this.#done),
      started: ids(this.#started),
      openGates: [...this.#openGates].sort(),
      holds: [...this.#holds]
        .sort(([a], [b]) => a - b)
        .flatMap(([n, reasons]) =>
          [...reasons].sort().map((reason) => ({ node: this.graph.nodes[n]!.id, reason })),
        ),
    };
  }

  /** Ids of the ready operations, longest remaining path first, then by id. O(r log r). */
  ready(limit = Infinity): readonly string[] {
    const priority = (this.#priority ??= priorities(this.graph));
    const order = [...this.#ready].sort((a, b) => priority[b]! - priority[a]! || a - b);
    return (limit < order.length ? order.slice(0, limit) : order).map((n) => this.graph.nodes[n]!.id);
  }

  isReady(id: string): boolean {
    return this.#ready.has(this.graph.at(id));
  }

  isDone(id: string): boolean {
    return this.#done[this.graph.at(id)] === 1;
  }

  isStarted(id: string): boolean {
    return this.#started[this.graph.at(id)] === 1;
  }

  /** Every node is done, capabilities included. */
  get isComplete(): boolean {
    return this.#doneNodes === this.graph.nodes.length;
  }

  get counts(): FrontierCounts {
    const total = this.#operations;
    const done = this.#doneOperations;
    const started = this.#startedOperations;
    const ready = this.#ready.size;
    return { total, done, started, ready, waiting: total - done - started - ready };
  }

  /**
   * Takes the node as done, whatever it was waiting for. Returns the operations that are ready because of that. Phases and targets
   * follow: of them it changes nothing.
   */
  markDone(id: string): readonly string[] {
    const ready: number[] = [];
    const n = this.graph.at(id);
    if (gathers(this.graph.nodes[n]!)) return [];
    this.#finish(n, ready);
    return this.#ids(ready.filter((n) => this.#ready.has(n)));
  }

  /**
   * Takes a node as not done: a changed digest, a withdrawn capability. It may be ready again itself; returns the operations that were
   * ready before and now wait. What has started goes on, what is done stays done; whether that is to be reopened is the caller's
   * to say. Phases and targets follow: of them it changes nothing.
   */
  markUndone(id: string): readonly string[] {
    const blocked: number[] = [];
    const pending = [this.graph.at(id)];
    for (let n = pending.pop(); n !== undefined; n = pending.pop()) {
      if (!this.#done[n] || (this.#missing[n] === 0 && this.#follows(n))) continue;
      this.#done[n] = 0;
      this.#doneNodes--;
      if (isOperation(this.graph.nodes[n]!)) this.#doneOperations--;
      for (let e = this.graph.outStart[n]!; e < this.graph.outStart[n + 1]!; e++) {
        const to = this.graph.heads[e]!;
        if (this.#missing[to]!++ > 0) continue;
        if (this.#ready.delete(to)) blocked.push(to);
        else if (this.#done[to] && this.#follows(to)) pending.push(to);
      }
      this.#admit(n);
    }
    return this.#ids(blocked);
  }

  /** It was dispatched: no longer ready, whatever happens to what it waited for. */
  markStarted(id: string): void {
    const n = this.graph.at(id);
    if (this.#done[n]) return;
    this.#setStarted(n, true);
    this.#ready.delete(n);
  }

  /** It was recalled, or failed and is to be tried again. Returns whether it is ready. */
  markNotStarted(id: string): boolean {
    const n = this.graph.at(id);
    this.#setStarted(n, false);
    return this.#admit(n);
  }

  /** Returns the operations that are ready because of it. */
  openGate(gate: string): readonly string[] {
    if (this.#openGates.has(gate)) return [];
    this.#openGates.add(gate);
    const waiting = this.#byGate.get(gate) ?? [];
    for (const n of waiting) this.#closedGates[n]!--;
    return this.#ids(waiting.filter((n) => this.#admit(n)));
  }

  /** Returns the operations that were ready and now wait. */
  closeGate(gate: string): readonly string[] {
    if (!this.#openGates.delete(gate)) return [];
    const waiting = this.#byGate.get(gate) ?? [];
    for (const n of waiting) this.#closedGates[n]!++;
    return this.#ids(waiting.filter((n) => this.#ready.delete(n)));
  }

  isOpen(gate: string): boolean {
    return this.#openGates.has(gate);
  }

  /** Keeps one node from starting, for a reason that `why` tells. Returns whether it was ready. */
  hold(id: string, reason: string): boolean {
    const n = this.graph.at(id);
    this.#addHold(n, reason);
    return this.#ready.delete(n);
  }

  /** Takes one reason back. Returns whether the node is ready now and was not before. */
  unhold(id: string, reason: string): boolean {
    const n = this.graph.at(id);
    const reasons = this.#holds.get(n);
    if (!reasons?.delete(reason)) return false;
    if (reasons.size === 0) this.#holds.delete(n);
    return this.#admit(n);
  }

  /** O(degree). */
  why(id: string): Blocked {
    const n = this.graph.at(id);
    const node = this.graph.nodes[n]!;
    if (this.#done[n] || this.#started[n]) return { predecessors: [], gates: [], holds: [] };
    return {
      predecessors: this.graph.predecessors(id).filter((from) => !this.isDone(from)),
      gates: (node.waitsForGate ?? []).filter((gate) => !this.#openGates.has(gate)),
      holds: [...(this.#holds.get(n) ?? [])].sort(),
    };
  }

  /** Marks done what is not, with all that follows; pushes what has become ready. */
  #finish(from: number, ready: number[]): void {
    const pending = [from];
    for (let n = pending.pop(); n !== undefined; n = pending.pop()) {
      if (this.#done[n]) continue;
      this.#done[n] = 1;
      this.#doneNodes++;
      this.#setStarted(n, false);
      this.#ready.delete(n);
      if (isOperation(this.graph.nodes[n]!)) this.#doneOperations++;
      for (let e = this.graph.outStart[n]!; e < this.graph.outStart[n + 1]!; e++) {
        const to = this.graph.heads[e]!;
        if (--this.#missing[to]! > 0) continue;
        if (this.#follows(to)) pending.push(to);
        else if (this.#admit(to)) ready.push(to);
      }
      const provisional = this.#provisionals.get(n);
      if (provisional !== undefined) pending.push(provisional);
    }
  }

  /** Puts a node among the ready ones if it is; returns whether it came to them now. */
  #admit(n: number): boolean {
    if (this.#missing[n]! > 0 || this.#closedGates[n]! > 0 || this.#done[n] || this.#started[n]) return false;
    if (this.#holds.has(n) || this.#ready.has(n) || !isOperation(this.graph.nodes[n]!)) return false;
    this.#ready.add(n);
    return true;
  }

  /** Whether the node is done by itself as soon as all its predecessors are. */
  #follows(n: number): boolean {
    const node = this.graph.nodes[n]!;
    if (gathers(node)) return true;
    // An orphaned one never is.
    return (
      this.#capabilitiesFollow &&
      node.kind === 'capability' &&
      this.graph.inStart[n]! < this.graph.inStart[n + 1]!
    );
  }

  #setStarted(n: number, started: boolean): void {
    if ((this.#started[n] === 1) === started) return;
    this.#started[n] = started ? 1 : 0;
    if (isOperation(this.graph.nodes[n]!)) this.#startedOperations += started ? 1 : -1;
  }

  #addHold(n: number, reason: string): void {
    const reasons = this.#holds.get(n);
    if (reasons) reasons.add(reason);
    else this.#holds.set(n, new Set([reason]));
  }

  #ids(indices: readonly number[]): readonly string[] {
    return indices.map((n) => this.graph.nodes[n]!.id);
  }
}

const gathers = (node: GraphNode): boolean => node.kind === 'phase' || node.kind === 'target';

import { type BuildGraph } from './build-graph.js';
import { criticalPath, type DurationOf, priorities } from './critical-path.js';
import { Frontier } from './frontier.js';
import { type GraphNode, isOperation } from './graph-node.js';
import { IndexHeap } from './index-heap.js';

export interface SimulationOptions {
  /** How many operations run at the same time; Infinity, unless told otherwise. */
  readonly workers?: number;
  /** Milliseconds; `durationMs` or 0, unless told otherwise. Only operations take time. */
  readonly duration?: DurationOf;
  /** Ids of what is done at the start. */
  readonly done?: Iterable<string>;
  /** Milliseconds after the start at which gates open; those not named are open from the start. */
  readonly gatesOpenAtMs?: Readonly<Record<string, number>>;
}

export interface SimulatedOperation {
  readonly id: string;
  readonly startMs: number;
  readonly endMs: number;
  /** From 0. */
  readonly worker: number;
}

export interface Simulation {
  readonly makespanMs: number;
  /** No schedule is shorter (gates left out of account): see `lowerBoundMs`. */
  readonly boundMs: number;
  /** By start, then by worker. */
  readonly timeline: readonly SimulatedOperation[];
  /** Ids of the nodes that never came to be done: in a cycle, behind one, or behind a capability that nobody publishes. */
  readonly unreached: readonly string[];
}

/**
 * Plays the build with list scheduling, the longest remaining path first; at most 2 − 1/workers times the shortest schedule
 * (R. Graham, "Bounds on multiprocessing timing anomalies", 1969), and as a rule within a few percent of the bound. A capability is
 * published when all its publications are done. Deterministic. O((V + E) + V log V).
 */
export function simulate(graph: BuildGraph, options: SimulationOptions = {}): Simulation {
  const { workers = Infinity, gatesOpenAtMs = {} } = options;
  if (!(workers >= 1)) throw new RangeError(`a build needs at least one worker, not ${workers}`);
  const given = options.duration ?? ((node: GraphNode) => node.durationMs ?? 0);
  const duration: DurationOf = (node) => (isOperation(node) ? given(node) : 0);
  const initial = new Set(options.done);
  const priority = priorities(graph, { duration, done: initial });
  const late = Object.entries(gatesOpenAtMs).sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
  const openGates = new Set(graph.nodes.flatMap((node) => node.waitsForGate ?? []));
  for (const [gate, at] of late) if (at > 0) openGates.delete(gate);

  const frontier = new Frontier(
    graph,
    { done: [...initial], openGates: [...openGates] },
    { priority, capabilitiesFollow: true },
  );
  const waiting = new IndexHeap(
    (a, b) => priority[a]! > priority[b]! || (priority[a] === priority[b] && a < b),
  );
  const end = new Float64Array(graph.nodes.length);
  const running = new IndexHeap((a, b) => end[a]! < end[b]! || (end[a] === end[b] && a < b));
  const workerOf = new Map<number, number>();
  const idle = new IndexHeap((a, b) => a < b);
  let hired = 0;
  let nextGate = late.findIndex(([, at]) => at > 0);
  if (nextGate === -1) nextGate = late.length;

  const timeline: SimulatedOperation[] = [];
  let now = 0;
  let makespanMs = 0;
  const enqueue = (ids: readonly string[]): void => {
    for (const id of ids) waiting.push(graph.at(id));
  };
  enqueue(frontier.ready());
  for (;;) {
    while (waiting.size > 0 && running.size < workers) {
      const n = waiting.pop();
      const node = graph.nodes[n]!;
      const worker = idle.size > 0 ? idle.pop() : hired++;
      workerOf.set(n, worker);
      end[n] = now + duration(node);
      frontier.markStarted(node.id);
      running.push(n);
      timeline.push({ id: node.id, startMs: now, endMs: end[n], worker });
    }
    const gateAt = nextGate < late.length ? late[nextGate]![1] : Infinity;
    const finished = running.pop();
    if (finished === -1 && gateAt === Infinity) break;
    if (finished === -1 || gateAt < end[finished]!) {
      if (finished !== -1) running.push(finished);
      now = gateAt;
      enqueue(frontier.openGate(late[nextGate++]![0]));
      continue;
    }
    now = makespanMs = end[finished]!;
    idle.push(workerOf.get(finished)!);
    enqueue(frontier.markDone(graph.nodes[finished]!.id));
    // All that ends at the same moment ends before anything starts, so that the choice is among all that is ready then.
    for (let n = running.pop(); n !== -1; n = running.pop()) {
      if (end[n]! > now) {
        running.push(n);
        break;
      }
      idle.push(workerOf.get(n)!);
      enqueue(frontier.markDone(graph.nodes[n]!.id));
    }
  }
  return {
    makespanMs,
    boundMs: lowerBoundMs(graph, { workers, duration, done: initial }),
    timeline,
    unreached: graph.nodes.filter((node) => !frontier.isDone(node.id)).map((node) => node.id),
  };
}

/**
 * No schedule of so many workers is shorter: the critical path; all work divided by the workers; and, where work cannot start before h
 * or must leave q to come after it, h + that work divided by the workers + q, for some h and q of each kind (after E. Fernández,
 * B. Bussell, "Bounds on the number of processors and time for multiprocessor optimal schedules", 1973).
 * O((V + E) + V log V).
 */
export function lowerBoundMs(
  graph: BuildGraph,
  {
    workers,
    duration,
    done,
  }: { readonly workers: number; readonly duration: DurationOf; readonly done?: ReadonlySet<string> },
): number {
  const { lengthMs, earliestMs } = criticalPath(graph, { duration, done });
  const takes = Float64Array.from(graph.nodes, (node) => (done?.has(node.id) ? 0 : duration(node)));
  const after = priorities(graph, { duration, done }).map((ms, n) => ms - takes[n]!);
  const heads = steps(earliestMs);
  const tails = steps(after);
  const width = tails.length;
  const work = new Float64Array(heads.length * width);
  for (let n = 0; n < takes.length; n++)
    work[lastAtMost(heads, earliestMs[n]!) * width + lastAtMost(tails, after[n]!)]! += takes[n]!;
  let bound = lengthMs;
  // After this, work[h][q] is all work that starts at heads[h] or later and leaves tails[q] or more.
  for (let h = heads.length - 1; h >= 0; h--)
    for (let q = width - 1, row = 0; q >= 0; q--) {
      row += work[h * width + q]!;
      const sum = row + (h + 1 < heads.length ? work[(h + 1) * width + q]! : 0);
      work[h * width + q] = sum;
      if (sum > 0) bound = Math.max(bound, heads[h]! + sum / workers + tails[q]!);
    }
  return bound;
}

/** At most 64 of the values, ascending, the smallest among them. */
function steps(values: Float64Array): readonly number[] {
  const sorted = values.slice().sort();
  const every = Math.max(1, Math.ceil(sorted.length / 64));
  return [...new Set(sorted.filter((_, i) => i % every === 0))];
}

function lastAtMost(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (ascending[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

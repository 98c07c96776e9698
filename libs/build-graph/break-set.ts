import { type CyclicComponent } from './cyclic-component.js';
import { IndexHeap } from './index-heap.js';

/** How many arcs may still be looked at; searches stop there, by count and not by clock, so that results are reproducible. */
export interface Budget {
  visits: number;
}

/**
 * Arcs without which the component has no cycle, ascending. Arcs that cannot be broken (`fixed`) are left alone unless they form a
 * cycle by themselves. Smallest possible where the search for a smaller one ends within the budget; otherwise what the
 * heuristic finds, reduced until no arc is superfluous (as far as the budget goes). In any case it breaks every cycle.
 *
 * Heuristic: P. Eades, X. Lin, W. Smyth, "A fast and effective heuristic for the feedback arc set problem", 1993, O(E log E). Search:
 * some arc of every cycle must go, so branch on the arcs of one, with growing depth.
 */
export function breakSet(component: CyclicComponent, fixed: Uint8Array, budget: Budget): readonly number[] {
  const arcs = component.tails.length;
  const onlyFixed = new Uint8Array(arcs);
  for (let a = 0; a < arcs; a++) onlyFixed[a] = fixed[a] ? 0 : 1;
  const bound = coreOf(component, onlyFixed).size === 0 ? fixed : new Uint8Array(arcs);

  let best = reduce(component, backArcs(component, bound), budget);
  for (let depth = 1; depth < best.length; depth++) {
    const removed = new Uint8Array(arcs);
    const found = search(component, bound.slice(), removed, depth, budget);
    if (found === undefined) break;
    if (found) {
      best = [];
      for (let a = 0; a < arcs; a++) if (removed[a]) best.push(a);
      break;
    }
  }
  return best;
}

/** What remains when nodes without predecessors are taken away again and again: empty exactly where there is no cycle. O(V + E). */
function coreOf(
  { out, tails, heads }: CyclicComponent,
  removed: Uint8Array,
): { size: number; missing: Int32Array } {
  const missing = new Int32Array(out.count);
  for (let a = 0; a < tails.length; a++) if (!removed[a]) missing[heads[a]!]!++;
  const free: number[] = [];
  for (let n = 0; n < out.count; n++) if (missing[n] === 0) free.push(n);
  let size = out.count;
  for (let n = free.pop(); n !== undefined; n = free.pop()) {
    size--;
    for (let i = out.start[n]!; i < out.start[n + 1]!; i++)
      if (!removed[out.edge[i]!] && --missing[out.heads[i]!]! === 0) free.push(out.heads[i]!);
  }
  return { size, missing };
}

/** A cycle of what is not removed, as arcs; undefined where there is none. Short, as a rule: the shortest through one of its nodes. */
function someCycle(component: CyclicComponent, removed: Uint8Array): readonly number[] | undefined {
  const { size, missing } = coreOf(component, removed);
  if (size === 0) return undefined;
  // Every node of the core has a predecessor in it: walking back must come round.
  const { into } = component;
  let n = missing.findIndex((m) => m > 0);
  const seen = new Uint8Array(into.count);
  while (!seen[n]) {
    seen[n] = 1;
    for (let i = into.start[n]!; i < into.start[n + 1]!; i++)
      if (!removed[into.edge[i]!] && missing[into.heads[i]!]! > 0) {
        n = into.heads[i]!;
        break;
      }
  }
  return shortestThrough(component, n, removed);
}

/** The shortest cycle through a node, by breadth-first search. O(V + E). */
function shortestThrough(
  { out, tails }: CyclicComponent,
  node: number,
  removed: Uint8Array,
): readonly number[] {
  const by = new Int32Array(out.count).fill(-1);
  const queue = [node];
  for (let q = 0; q < queue.length; q++) {
    const n = queue[q]!;
    for (let i = out.start[n]!; i < out.start[n + 1]!; i++) {
      const arc = out.edge[i]!;
      const to = out.heads[i]!;
      if (removed[arc] || by[to] !== -1) continue;
      by[to] = arc;
      if (to !== node) {
        queue.push(to);
        continue;
      }
      const cycle = [arc];
      for (let at = tails[arc]!; at !== node; at = tails[by[at]!]!) cycle.push(by[at]!);
      return cycle;
    }
  }
  return [];
}

/** Whether at most `depth` further arcs, none of them kept, break all cycles; they are then in `removed`. Undefined: out of budget. */
function search(
  component: CyclicComponent,
  kept: Uint8Array,
  removed: Uint8Array,
  depth: number,
  budget: Budget,
): boolean | undefined {
  budget.visits -= 2 * component.tails.length;
  if (budget.visits < 0) return undefined;
  const cycle = someCycle(component, removed);
  if (!cycle) return true;
  if (depth === 0) return false;
  const tried: number[] = [];
  let found: boolean | undefined = false;
  for (const arc of cycle) {
    if (kept[arc]) continue;
    removed[arc] = 1;
    found = search(component, kept, removed, depth - 1, budget);
    if (found !== false) break;
    removed[arc] = 0;
    kept[arc] = 1; // sets with this arc have been tried
    tried.push(arc);
  }
  for (const arc of tried) kept[arc] = 0;
  return found;
}

/** The arcs that lead back in an order of the nodes which leaves few of them, and none that is fixed. */
function backArcs({ out, into, tails, heads }: CyclicComponent, fixed: Uint8Array): number[] {
  const count = out.count;
  const outs = new Int32Array(count);
  const ins = new Int32Array(count);
  const fixedIns = new Int32Array(count);
  for (let a = 0; a < tails.length; a++) {
    if (tails[a] === heads[a]) continue;
    outs[tails[a]!]!++;
    ins[heads[a]!]!++;
    if (fixed[a]) fixedIns[heads[a]!]!++;
  }
  const place = new Int32Array(count).fill(-1);
  let first = 0;
  let last = count - 1;
  const ends: number[] = []; // without successors or without predecessors among what remains
  // Entries are (gain, node) in one number; stale ones are skipped.
  const gain = (n: number): number => outs[n]! - ins[n]!;
  const entry = (n: number): number => (gain(n) + tails.length) * count + (count - 1 - n);
  const heap = new IndexHeap((a, b) => a > b);
  const touch = (n: number): void => {
    if (place[n] !== -1) return;
    if (outs[n] === 0 || ins[n] === 0) ends.push(n);
    else if (fixedIns[n] === 0) heap.push(entry(n));
  };
  for (let n = 0; n < count; n++) touch(n);
  const put = (n: number, at: number): void => {
    place[n] = at;
    for (let i = out.start[n]!; i < out.start[n + 1]!; i++) {
      const to = out.heads[i]!;
      if (to === n) continue;
      ins[to]!--;
      if (fixed[out.edge[i]!]) fixedIns[to]!--;
      touch(to);
    }
    for (let i = into.start[n]!; i < into.start[n + 1]!; i++) {
      const from = into.heads[i]!;
      if (from === n) continue;
      outs[from]!--;
      touch(from);
    }
  };
  while (first <= last) {
    const end = ends.pop();
    if (end !== undefined) {
      if (place[end] === -1) put(end, outs[end] === 0 ? last-- : first++);
      continue;
    }
    const top = heap.pop();
    if (top === -1) throw new Error('fixed arcs form a cycle');
    const n = count - 1 - (top % count);
    if (place[n] === -1 && entry(n) === top) put(n, first++);
  }
  const back: number[] = [];
  for (let a = 0; a < tails.length; a++) if (place[tails[a]!]! >= place[heads[a]!]!) back.push(a);
  return back;
}

/** Puts back, one by one, the arcs that close no cycle. O(|arcs| · E), within the budget. */
function reduce({ out, tails, heads }: CyclicComponent, arcs: number[], budget: Budget): number[] {
  const removed = new Uint8Array(tails.length);
  for (const a of arcs) removed[a] = 1;
  const seen = new Int32Array(out.count).fill(-1);
  const superfluous = (arc: number): boolean => {
    const goal = tails[arc]!;
    const stack = [heads[arc]!];
    seen[stack[0]!] = arc;
    for (let n = stack.pop(); n !== undefined; n = stack.pop()) {
      if (n === goal) return false;
      budget.visits -= out.start[n + 1]! - out.start[n]!;
      if (budget.visits < 0) return false;
      for (let i = out.start[n]!; i < out.start[n + 1]!; i++) {
        const to = out.heads[i]!;
        if (removed[out.edge[i]!] || seen[to] === arc) continue;
        seen[to] = arc;
        stack.push(to);
      }
    }
    return true;
  };
  return arcs.filter((arc) => {
    if (!superfluous(arc)) return true;
    removed[arc] = 0;
    return false;
  });
}

import { type Budget } from './break-set.js';
import { type CyclicComponent } from './cyclic-component.js';

/**
 * Arcs of the shortest cycle that passes one of the given arcs, from its smallest member on. Where every cycle passes one of them
 * (a break set), that is the shortest of all. One backward breadth-first search per tail, cut off at the best so far: at worst
 * O(tails · E), but once the budget is spent the best so far is taken.
 */
export function shortestCycle(
  component: Pick<CyclicComponent, 'into' | 'tails' | 'heads'>,
  through: Iterable<number>,
  budget: Budget,
): readonly number[] {
  const { into, tails, heads } = component;
  const byTail = new Map<number, number[]>();
  for (const arc of through) {
    const arcs = byTail.get(tails[arc]!);
    if (arcs) arcs.push(arc);
    else byTail.set(tails[arc]!, [arc]);
  }
  const next = new Int32Array(into.count); // arc that leads on towards the tail
  const seen = new Int32Array(into.count).fill(-1);
  const depth = new Int32Array(into.count);
  let best: readonly number[] = [];
  for (const [tail, arcs] of byTail) {
    if (budget.visits < 0 && best.length > 0) break;
    const starts = new Map<number, number>(arcs.map((arc) => [heads[arc]!, arc]));
    const queue = [tail];
    seen[tail] = tail;
    depth[tail] = 0;
    for (let q = 0; q < queue.length; q++) {
      const n = queue[q]!;
      if (best.length > 0 && depth[n]! + 1 >= best.length) break;
      const start = starts.get(n);
      if (start !== undefined) {
        const cycle = [start];
        for (let at = n; at !== tail; at = heads[next[at]!]!) cycle.push(next[at]!);
        best = cycle;
        break;
      }
      budget.visits -= into.start[n + 1]! - into.start[n]!;
      for (let i = into.start[n]!; i < into.start[n + 1]!; i++) {
        const from = into.heads[i]!;
        if (seen[from] === tail) continue;
        seen[from] = tail;
        depth[from] = depth[n]! + 1;
        next[from] = into.edge[i]!;
        queue.push(from);
      }
    }
  }
  let smallest = 0;
  for (let i = 1; i < best.length; i++) if (tails[best[i]!]! < tails[best[smallest]!]!) smallest = i;
  return [...best.slice(smallest), ...best.slice(0, smallest)];
}

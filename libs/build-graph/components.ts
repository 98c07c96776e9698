import { type Adjacency } from './adjacency.js';

export interface Components {
  readonly count: number;
  /** Component of each node, numbered in topological order: every edge leads to the same or a larger number. */
  readonly of: Int32Array;
}

/** Strongly connected components, without recursion. O(V + E). R. Tarjan, "Depth-first search and linear graph algorithms", 1972. */
export function components({
  count,
  start,
  heads,
}: Pick<Adjacency, 'count' | 'start' | 'heads'>): Components {
  const of = new Int32Array(count).fill(-1);
  const number = new Int32Array(count); // order of discovery, from 1
  const low = new Int32Array(count);
  const next = new Int32Array(count);
  const path = new Int32Array(count);
  const open = new Int32Array(count);
  let discovered = 0;
  let pathSize = 0;
  let openSize = 0;
  let found = 0;

  for (let root = 0; root < count; root++) {
    if (number[root] !== 0) continue;
    path[pathSize++] = root;
    while (pathSize > 0) {
      const n = path[pathSize - 1]!;
      if (number[n] === 0) {
        number[n] = low[n] = ++discovered;
        next[n] = start[n]!;
        open[openSize++] = n;
      }
      if (next[n]! < start[n + 1]!) {
        const to = heads[next[n]!++]!;
        if (number[to] === 0) path[pathSize++] = to;
        else if (of[to] === -1 && number[to]! < low[n]!) low[n] = number[to]!;
        continue;
      }
      pathSize--;
      if (pathSize > 0) {
        const parent = path[pathSize - 1]!;
        if (low[n]! < low[parent]!) low[parent] = low[n]!;
      }
      if (low[n] !== number[n]) continue;
      let member: number;
      do {
        member = open[--openSize]!;
        of[member] = found;
      } while (member !== n);
      found++;
    }
  }
  // Tarjan finds a component after all that it leads to.
  for (let n = 0; n < count; n++) of[n] = found - 1 - of[n]!;
  return { count: found, of };
}

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { levels, topologicalOrder } from './index.js';
import { successorsOf } from './adjacency.js';
import { components } from './components.js';
import { sweep } from './topological-order.js';
import { arbitraryGraph, graphOf, reachability } from './testing/arbitrary-graph.js';

describe('topological order', () => {
  it('holds every node after its predecessors, and of those that could come next the smallest id', () => {
    fc.assert(
      fc.property(arbitraryGraph({ acyclic: true }), (graph) => {
        const order = topologicalOrder(graph);
        expect([...order].sort()).toEqual(graph.nodes.map((n) => n.id));
        const placed = new Set<string>();
        for (const id of order) {
          const free = graph.nodes.filter(
            (n) => !placed.has(n.id) && graph.predecessors(n.id).every((p) => placed.has(p)),
          );
          expect(id).toBe(free[0]!.id);
          placed.add(id);
        }
      }),
    );
  });

  it('leaves out exactly the nodes in a cycle or behind one', () => {
    fc.assert(
      fc.property(arbitraryGraph(), (graph) => {
        const reach = reachability(graph);
        const free = graph.nodes.filter((_, n) => !reach[n]![n] && !reach.some((row, m) => row[m] && row[n]));
        expect([...topologicalOrder(graph)].sort()).toEqual(free.map((n) => n.id));
      }),
    );
  });

  it('gives each node the length of its longest chain as level', () => {
    expect(Object.fromEntries(levels(graphOf('a>b b>c a>c d>c')))).toEqual({ a: 0, b: 1, c: 2, d: 0 });
  });
});

describe('components', () => {
  it('are the nodes that reach each other, numbered in topological order', () => {
    fc.assert(
      fc.property(arbitraryGraph(), (graph) => {
        const reach = reachability(graph);
        const { of, count } = components(successorsOf(graph));
        expect(new Set(of).size).toBe(count);
        for (let a = 0; a < of.length; a++)
          for (let b = 0; b < of.length; b++) {
            expect(of[a] === of[b]).toBe(a === b || (reach[a]![b]! && reach[b]![a]!));
            if (reach[a]![b]) expect(of[a]).toBeLessThanOrEqual(of[b]!);
          }
      }),
    );
  });

  it('order all nodes, but for the edges inside them', () => {
    fc.assert(
      fc.property(arbitraryGraph(), (graph) => {
        const { order, cyclic } = sweep(graph);
        const place = new Int32Array(order.length);
        order.forEach((n, i) => (place[n] = i));
        expect([...order].sort((a, b) => a - b)).toEqual([...order.keys()]);
        for (let e = 0; e < graph.size; e++) {
          const [from, to] = [graph.tails[e]!, graph.heads[e]!];
          if (!cyclic(from, to)) expect(place[from]).toBeLessThan(place[to]!);
        }
      }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { downstream, upstream } from './index.js';
import { arbitraryGraph, graphOf, reachability } from './testing/arbitrary-graph.js';

describe('closure', () => {
  it('has all that paths lead to, upstream and downstream', () => {
    fc.assert(
      fc.property(arbitraryGraph(), fc.nat(13), (graph, at) => {
        const start = graph.nodes[at % graph.nodes.length]!.id;
        const reach = reachability(graph);
        const n = graph.at(start);
        const ids = (test: (m: number) => boolean): string[] =>
          graph.nodes.filter((_, m) => m === n || test(m)).map((node) => node.id);
        expect([...downstream(graph, [start, 'unknown'])].sort()).toEqual(ids((m) => reach[n]![m]!));
        expect([...upstream(graph, [start])].sort()).toEqual(ids((m) => reach[m]![n]!));
      }),
    );
  });

  it('follows only the kinds of edges that are asked for', () => {
    const graph = graphOf('a>b b>c');
    expect([...downstream(graph, ['a'], new Set(['reference']))]).toEqual(['a', 'b', 'c']);
    expect([...downstream(graph, ['a'], new Set(['depends_on']))]).toEqual(['a']);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { analyse, BuildGraph, Frontier, splitNode, splitNodes } from './index.js';
import { arbitraryGraph, graphOf, isAcyclic, reachability, resource } from './testing/arbitrary-graph.js';

describe('break_cycle', () => {
  it('starts edges of the cycle at the provisional form, all others at the final one', () => {
    const graph = splitNode(graphOf('in>n w>n n>q q>w n>out'), { id: 'n', without: ['w'], then: 'recreate' });
    expect(graph.edges.map((e) => `${e.from}>${e.to}`)).toEqual(
      ['in>n', 'in>n~provisional', 'n>out', 'n~provisional>n', 'n~provisional>q', 'q>w', 'w>n'].sort(),
    );
    expect(graph.node('n')).toMatchObject({ kind: 'resource', then: 'recreate' });
    expect(graph.node('n~provisional')).toMatchObject({ kind: 'provisional', final: 'n', flock: 'f' });
    expect(analyse(graph).filter((f) => f.kind === 'cycle')).toEqual([]);
  });

  it('leaves whole what is in no cycle', () => {
    const graph = graphOf('a>b b>c');
    expect(splitNode(graph, { id: 'b', without: ['a'], then: 'update' })).toBe(graph);
  });

  it('gives the provisional form a digest of its own, which follows the final one', () => {
    const of = (digest: string, without: string[]): string => {
      const graph = graphOf('n>q q>n');
      const told = new BuildGraph([resource('n', { digest }), resource('q')], graph.edges);
      return splitNode(told, { id: 'n', without, then: 'update' }).node('n~provisional')!.digest!;
    };
    expect(new Set([of('1', ['q']), of('2', ['q']), of('1', []), '1']).size).toBe(4);
  });

  it('of each node that a break set names ends all cycles, and everything comes to be done', () => {
    fc.assert(
      fc.property(arbitraryGraph({ maxNodes: 10 }), (graph) => {
        const broken = analyse(graph).flatMap((f) => f.breakSet ?? []);
        const ids = [...new Set(broken.map((e) => e.to))];
        const splits = ids.map((id) => ({
          id,
          without: broken.filter((e) => e.to === id).map((e) => e.from),
          then: 'update' as const,
        }));
        const split = splitNodes(graph, splits);
        expect(isAcyclic(split)).toBe(true);
        expect(splitNodes(graph, [...splits].reverse()).digest).toBe(split.digest);
        // Nothing is forgotten: whoever came before a node still comes before its final form.
        const [before, after] = [reachability(graph), reachability(split)];
        for (const edge of graph.edges) {
          const [a, b] = [graph.at(edge.from), graph.at(edge.to)];
          if (!before[b]![a]) expect(after[split.at(edge.from)]![split.at(edge.to)]).toBe(true);
        }
        const frontier = new Frontier(split);
        for (let next = frontier.ready(); next.length > 0; next = frontier.ready())
          next.forEach((id) => frontier.markDone(id));
        expect(frontier.isComplete).toBe(true);
      }),
    );
  });
});

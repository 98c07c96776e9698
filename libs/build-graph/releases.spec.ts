import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BuildGraph, condense, type GraphEdge, type GraphNode, isOperation, releases } from './index.js';
import { successorsOf } from './adjacency.js';
import { components } from './components.js';
import { rounds } from './rounds.js';
import { arbitraryGraph, capability, isAcyclic, resource } from './testing/arbitrary-graph.js';

const ordering = ['reference', 'depends_on', 'artifact', 'capability'] as const;
const groupOf = (node: GraphNode): string => `${node.flock}/${node.target}`;

describe('rounds', () => {
  it('follow their definition', () => {
    fc.assert(
      fc.property(arbitraryGraph({ acyclic: true }), (graph) => {
        const counted = new BuildGraph(
          graph.nodes,
          graph.edges.filter((e) => e.kind !== 'state' && e.kind !== 'gate'),
        );
        const condensed = condense(counted, 'flock-target');
        const { of } = components(successorsOf(condensed));
        const at = (node: GraphNode): number => of[condensed.at(`r/target/${groupOf(node)}`)]!;
        const { round } = rounds(graph);
        graph.nodes.forEach((node, n) => {
          const least = counted
            .predecessors(node.id)
            .map((id) => graph.node(id)!)
            .filter((from) => at(from) === at(node))
            .map((from) => round[graph.at(from.id)]! + (groupOf(from) === groupOf(node) ? 0 : 1));
          expect(round[n]).toBe(Math.max(1, ...least));
        });
      }),
    );
  });

  it('make releases that do not wait for one another in a circle, also in part of a graph', () => {
    fc.assert(
      fc.property(
        arbitraryGraph({ acyclic: true, kinds: ordering }),
        fc.func(fc.boolean()),
        (graph, chosen) => {
          const inBuild = new Set(graph.nodes.filter((n) => chosen(n.id)).map((n) => n.id));
          for (const build of [undefined, inBuild]) {
            const found = releases(graph, build);
            const releaseOf = new Map(found.flatMap((r) => r.nodes.map((id) => [id, r.id] as const)));
            expect(releaseOf.size).toBe(build ? build.size : graph.nodes.length);
            const contracted = new BuildGraph(
              found.map((r) => resource(r.id)),
              graph.edges.flatMap(({ from, to, kind }): GraphEdge[] => {
                const [a, b] = [releaseOf.get(from), releaseOf.get(to)];
                return a === undefined || b === undefined || a === b ? [] : [{ from: a, to: b, kind }];
              }),
            );
            expect(isAcyclic(contracted)).toBe(true);
          }
        },
      ),
    );
  });

  it('are one for flocks that do not interleave', () => {
    fc.assert(
      fc.property(arbitraryGraph({ acyclic: true, kinds: ordering }), (graph) => {
        const groups = new Set(graph.nodes.map(groupOf)).size;
        const found = releases(graph);
        if (isAcyclic(condense(graph, 'flock-target'))) expect(found).toHaveLength(groups);
        else expect(found.length).toBeGreaterThanOrEqual(groups);
      }),
    );
  });

  it('do not depend on state edges and gates, and stand where nodes form a cycle', () => {
    fc.assert(
      fc.property(arbitraryGraph({ maxNodes: 8 }), (graph) => {
        const found = releases(graph);
        expect(found.flatMap((r) => r.nodes).sort()).toEqual(
          graph.nodes.filter(isOperation).map((n) => n.id),
        );
      }),
    );
  });
});

describe('releases', () => {
  const early = capability('a/early');
  const graph = new BuildGraph(
    [
      resource('a1', { flock: 'a' }),
      resource('a1p', { flock: 'a', kind: 'publication' }),
      resource('a2', { flock: 'a' }),
      resource('b1', { flock: 'b' }),
      resource('c1', { flock: 'c' }),
      early,
      resource('target:a', { kind: 'target', flock: 'a' }),
    ],
    [
      { from: 'a1', to: 'a1p', kind: 'depends_on' },
      { from: 'a1p', to: early.id, kind: 'capability' },
      { from: early.id, to: 'b1', kind: 'capability' },
      { from: 'b1', to: 'a2', kind: 'reference' },
      { from: 'a2', to: 'c1', kind: 'reference' },
      { from: 'a1', to: 'target:a', kind: 'target' },
      { from: 'a2', to: 'target:a', kind: 'target' },
    ],
  );

  it('break a cycle of flocks: the one whose early result another needs gets two', () => {
    expect(releases(graph).map((r) => [r.flock, r.round, r.nodes])).toEqual([
      ['a', 1, ['a1', 'a1p']],
      ['b', 3, ['b1']],
      ['a', 4, ['a2']],
      ['c', 1, ['c1']],
    ]);
    expect(releases(graph)[0]).toMatchObject({
      id: 'r/target/a/t#1',
      region: 'r',
      environment: 'target',
      target: 't',
    });
  });

  it('have only what is in the build', () => {
    expect(releases(graph, new Set(['a2', 'c1'])).map((r) => [r.flock, r.round, r.nodes])).toEqual([
      ['a', 1, ['a2']],
      ['c', 1, ['c1']],
    ]);
  });

  it('order by phases too: a phase is in the build when one of its targets is', () => {
    const phase = resource('phase:p', { kind: 'phase', flock: '', target: '' });
    const phased = new BuildGraph(
      [resource('x1', { flock: 'x' }), resource('y1', { flock: 'y' }), resource('x2', { flock: 'x' }), phase],
      [
        { from: 'x1', to: phase.id, kind: 'phase' },
        { from: phase.id, to: 'y1', kind: 'phase' },
        { from: 'y1', to: 'x2', kind: 'reference' },
      ],
    );
    expect(releases(phased, new Set(['x1', 'y1', 'x2'])).map((r) => r.nodes)).toEqual([
      ['x1'],
      ['y1'],
      ['x2'],
    ]);
  });
});

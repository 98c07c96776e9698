import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BuildGraph, condense } from './index.js';
import { arbitraryGraph, capability, resource } from './testing/arbitrary-graph.js';

describe('condensation', () => {
  it('has an edge exactly where nodes of two flocks have one', () => {
    fc.assert(
      fc.property(arbitraryGraph(), (graph) => {
        const flocks = condense(graph, 'flock');
        const flockOf = (id: string): string => graph.node(id)!.flock;
        expect(flocks.nodes.map((n) => n.id)).toEqual([...new Set(graph.nodes.map((n) => n.flock))].sort());
        const between = graph.edges
          .map((e) => [flockOf(e.from), flockOf(e.to), e.kind])
          .filter(([a, b]) => a !== b);
        expect(new Set(flocks.edges.map((e) => `${e.from} ${e.to} ${e.kind}`))).toEqual(
          new Set(between.map((e) => e.join(' '))),
        );
        const total = (g: BuildGraph): number => g.nodes.reduce((sum, n) => sum + (n.durationMs ?? 0), 0);
        expect(total(flocks)).toBe(total(graph));
      }),
    );
  });

  it('keeps regions, targets and capabilities apart as told', () => {
    const dns = capability('dns/ready');
    const graph = new BuildGraph(
      [
        resource('1', { flock: 'a', region: 'x', owners: ['o2'] }),
        resource('2', { flock: 'a', region: 'y', owners: ['o1'] }),
        resource('3', { flock: 'a', region: 'x', target: 'u' }),
        dns,
      ],
      [{ from: '1', to: dns.id, kind: 'capability' }],
    );
    const ids = (g: BuildGraph): string[] => g.nodes.map((n) => n.id);
    expect(ids(condense(graph, 'flock'))).toEqual(['a', dns.id]);
    expect(ids(condense(graph, 'flock-region'))).toEqual([dns.id, 'x/a', 'y/a']);
    expect(ids(condense(graph, 'flock-target'))).toEqual([
      dns.id,
      'x/target/a/t',
      'x/target/a/u',
      'y/target/a/t',
    ]);
    expect(condense(graph, 'flock').node('a')).toMatchObject({ kind: 'flock', owners: ['o1', 'o2'] });
    expect(condense(graph, 'flock').predecessors(dns.id)).toEqual(['a']);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BuildGraph, downstream, Frontier, upstream, withGates } from './index.js';
import { arbitraryGraph, graphOf, reachability, resource } from './testing/arbitrary-graph.js';

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

describe('gates', () => {
  const graph = new BuildGraph(
    [
      resource('address'),
      resource('vpn'),
      resource('rack'),
      resource('hardware', { kind: 'publication' }),
      resource('service'),
      resource('worker', { environment: 'vibe' }),
    ],
    [
      { from: 'address', to: 'vpn', kind: 'reference' },
      { from: 'rack', to: 'hardware', kind: 'depends_on' },
    ],
  );

  it('open one after the other: target, connections, hardware', () => {
    const frontier = new Frontier(withGates(graph, { connections: ['vpn'], hardware: ['hardware'] }));
    expect(frontier.ready()).toEqual(['worker']);
    expect(frontier.openGate('target_available')).toEqual(['address']);
    expect(frontier.markDone('address')).toEqual(['vpn']);
    expect(frontier.markDone('vpn')).toEqual([]);
    expect(frontier.openGate('connections')).toEqual(['rack']);
    expect(frontier.markDone('rack')).toEqual(['hardware']);
    expect(frontier.markDone('hardware')).toEqual([]);
    expect(frontier.why('service')).toEqual({ predecessors: [], gates: ['hardware'], holds: [] });
    expect(frontier.openGate('hardware')).toEqual(['service']);
  });

  it('exist only where they are declared', () => {
    const gated = withGates(graph, { connections: [], hardware: [] });
    expect(gated.node('service')!.waitsForGate).toEqual(['target_available']);
    expect(gated.node('worker')!.waitsForGate).toBeUndefined();
  });
});

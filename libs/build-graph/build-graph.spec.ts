import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  BuildGraph,
  type BuildGraphJson,
  capabilityId,
  difference,
  isEmptyDifference,
  resourceId,
  union,
  withStateEdges,
} from './index.js';
import { arbitraryGraph, capability, graphOf, resource } from './testing/arbitrary-graph.js';

describe('build graph', () => {
  it('is the same, with the same digest, in whatever order and how often its parts are given', () => {
    fc.assert(
      fc.property(arbitraryGraph(), fc.gen(), (graph, g) => {
        const shuffled = <T>(items: readonly T[]): T[] =>
          g(fc.shuffledSubarray, [...items], { minLength: items.length, maxLength: items.length });
        const edges = [...graph.edges, ...graph.edges];
        const again = new BuildGraph(shuffled(graph.nodes), shuffled(edges));
        expect(again.toJSON()).toEqual(graph.toJSON());
        expect(again.digest).toBe(graph.digest);
        expect(BuildGraph.fromJson(JSON.parse(JSON.stringify(graph)) as BuildGraphJson).digest).toBe(
          graph.digest,
        );
      }),
    );
  });

  it('knows neighbours in both directions', () => {
    fc.assert(
      fc.property(arbitraryGraph(), (graph) => {
        for (const { id } of graph.nodes) {
          const successors = new Set(graph.edges.filter((e) => e.from === id).map((e) => e.to));
          const predecessors = new Set(graph.edges.filter((e) => e.to === id).map((e) => e.from));
          expect(graph.successors(id)).toEqual([...successors].sort());
          expect(graph.predecessors(id)).toEqual([...predecessors].sort());
        }
        expect(
          graph.dependencies.flatMap((d) => d.dependsOn.map((from) => `${from} ${d.id}`)).sort(),
        ).toEqual([...new Set(graph.edges.map((e) => `${e.from} ${e.to}`))].sort());
      }),
    );
  });

  it('refuses an edge to a node that is not there', () => {
    expect(() => new BuildGraph([resource('a')], [{ from: 'a', to: 'b', kind: 'reference' }])).toThrow(
      /no node b/,
    );
    expect(() => graphOf('a>b').predecessors('c')).toThrow(/no node c/);
  });

  it('names a capability by an id that ends in its name as written, and keeps parts of ids apart', () => {
    expect(capabilityId({ region: 'x1', environment: 'target', name: 'nobody/publishes' })).toMatch(
      /nobody\/publishes$/,
    );
    const of = (flock: string, target: string): string =>
      resourceId({ region: 'x1', environment: 'target', flock, target, address: 'a.b' });
    expect(of('a/b', 'c')).not.toBe(of('a', 'b/c'));
    expect(of('a%2Fb', 'c')).not.toBe(of('a/b', 'c'));
  });
});

describe('union', () => {
  const any = arbitraryGraph({ maxNodes: 8 });

  it('is idempotent and associative, has the empty graph as its unit, and keeps every node', () => {
    fc.assert(
      fc.property(any, any, any, (a, b, c) => {
        expect(union(a, a).digest).toBe(a.digest);
        expect(union(a, BuildGraph.empty).digest).toBe(a.digest);
        expect(union(BuildGraph.empty, a).digest).toBe(a.digest);
        expect(union(union(a, b), c).digest).toBe(union(a, union(b, c)).digest);
        for (const node of b.nodes) expect(union(a, b).node(node.id)).toEqual(node);
        for (const node of a.nodes) expect(union(a, b).has(node.id)).toBe(true);
      }),
    );
  });

  it("takes an operation's dependencies from the forecast where that has it, and a capability's publishers from both", () => {
    const cap = capability('c');
    const actual = new BuildGraph(
      [resource('a'), resource('b'), resource('x'), cap],
      [
        { from: 'a', to: 'x', kind: 'reference' },
        { from: 'a', to: cap.id, kind: 'capability' },
      ],
    );
    const forecast = new BuildGraph(
      [resource('b'), resource('x'), cap],
      [
        { from: 'b', to: 'x', kind: 'reference' },
        { from: 'b', to: cap.id, kind: 'capability' },
      ],
    );
    const both = union(actual, forecast);
    expect(both.predecessors('x')).toEqual(['b']);
    expect(both.predecessors(cap.id)).toEqual(['a', 'b']);
  });

  it('lets what only the forecast has wait for the capabilities that turn the region Building', () => {
    const worker = capability('worker');
    const united = graphOf('a>b b>c');
    const waiting = withStateEdges(united, graphOf('a>b'), [worker]);
    expect(waiting.edges.filter((e) => e.kind === 'state')).toEqual([
      { from: worker.id, to: 'c', kind: 'state' },
    ]);
    expect(waiting.has(worker.id)).toBe(true);
    expect(withStateEdges(united, united, [worker])).toBe(united);
  });
});

describe('difference', () => {
  it('leads from one graph to the other', () => {
    fc.assert(
      fc.property(arbitraryGraph({ maxNodes: 8 }), arbitraryGraph({ maxNodes: 8 }), (before, after) => {
        const { nodes, edges } = difference(before, after);
        const changedOrGone = new Set([...nodes.removed, ...nodes.changed].map((n) => n.id));
        const gone = new Set(edges.removed);
        const patched = new BuildGraph(
          [...before.nodes.filter((n) => !changedOrGone.has(n.id)), ...nodes.added, ...nodes.changed].map(
            (n) => after.node(n.id)!,
          ),
          [...before.edges.filter((e) => !gone.has(e)), ...edges.added],
        );
        expect(patched.digest).toBe(after.digest);
        for (const node of nodes.changed) expect(before.node(node.id)!.digest).not.toBe(node.digest);
      }),
    );
  });

  it('is empty between equal graphs', () => {
    fc.assert(
      fc.property(arbitraryGraph(), (graph) => {
        expect(isEmptyDifference(difference(graph, BuildGraph.fromJson(graph.toJSON())))).toBe(true);
      }),
    );
    expect(isEmptyDifference(difference(graphOf('a>b'), graphOf('b>a')))).toBe(false);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BuildGraph, criticalPath, type GraphEdge, simulate } from './index.js';
import {
  arbitraryGraph,
  capability,
  chance,
  graphOf,
  reachability,
  resource,
} from './testing/arbitrary-graph.js';

describe('critical path', () => {
  it('is the longest of all paths, and what it leaves as slack is', () => {
    fc.assert(
      fc.property(arbitraryGraph({ acyclic: true, maxNodes: 9, maxEdges: 16 }), (graph) => {
        const { lengthMs, path, slackMs } = criticalPath(graph);
        const takes = (ids: readonly string[]): number =>
          ids.reduce((sum, id) => sum + graph.node(id)!.durationMs!, 0);
        const all = paths(graph);
        expect(lengthMs).toBe(Math.max(...all.map(takes)));
        expect(takes(path)).toBe(lengthMs);
        for (let i = 1; i < path.length; i++) expect(graph.successors(path[i - 1]!)).toContain(path[i]);
        graph.nodes.forEach((node, n) => {
          const through = all.filter((p) => p.includes(node.id)).map(takes);
          expect(slackMs[n]).toBe(lengthMs - Math.max(...through));
        });
      }),
    );
  });

  it('holds for graphs with cycles too, and leaves out what is done', () => {
    expect(criticalPath(graphOf('a>b b>a b>c'), { duration: () => 10 }).lengthMs).toBe(20);
    expect(criticalPath(graphOf('a>b b>c'), { duration: () => 10, done: new Set(['a']) }).lengthMs).toBe(20);
    expect(criticalPath(BuildGraph.empty)).toMatchObject({ lengthMs: 0, path: [] });
  });
});

describe('simulation', () => {
  it('starts nothing early, gives no worker two things at a time, and ends between bound and twice the bound', () => {
    fc.assert(
      fc.property(arbitraryGraph({ acyclic: true }), fc.integer({ min: 1, max: 4 }), (graph, workers) => {
        const { timeline, makespanMs, boundMs, unreached } = simulate(graph, { workers });
        expect(unreached).toEqual([]);
        const at = new Map(timeline.map((o) => [o.id, o]));
        expect(at.size).toBe(graph.nodes.length);
        for (const { from, to } of graph.edges)
          expect(at.get(to)!.startMs).toBeGreaterThanOrEqual(at.get(from)!.endMs);
        const freeAt = new Map<number, number>();
        for (const { worker, startMs, endMs } of timeline) {
          expect(worker).toBeLessThan(workers);
          expect(startMs).toBeGreaterThanOrEqual(freeAt.get(worker) ?? 0);
          freeAt.set(worker, endMs);
        }
        expect(makespanMs).toBe(Math.max(...timeline.map((o) => o.endMs)));
        expect(makespanMs).toBeGreaterThanOrEqual(boundMs - 1e-6);
        expect(makespanMs).toBeLessThanOrEqual(2 * boundMs + 1e-6);
      }),
    );
  });

  it('takes exactly the critical path where workers are not scarce', () => {
    fc.assert(
      fc.property(arbitraryGraph({ acyclic: true }), (graph) => {
        expect(simulate(graph).makespanMs).toBe(criticalPath(graph).lengthMs);
      }),
    );
  });

  it.each([1, 2, 3, 4, 5])('of 1,000 operations stays within 1.05 of the bound (seed %i)', (seed) => {
    const random = chance(seed);
    const nodes = Array.from({ length: 1_000 }, (_, n) =>
      resource(String(n).padStart(4, '0'), { durationMs: 1_000 + Math.floor(random() * 29_000) }),
    );
    const edges = Array.from({ length: 3_000 }, (): GraphEdge => {
      const to = 1 + Math.floor(random() * 999);
      return { from: nodes[Math.floor(random() * to)]!.id, to: nodes[to]!.id, kind: 'reference' };
    });
    const graph = new BuildGraph(nodes, edges);
    for (const workers of [2, 8, 16, 32, 64]) {
      const { makespanMs, boundMs } = simulate(graph, { workers });
      expect(makespanMs / boundMs).toBeLessThanOrEqual(1.05);
    }
  });

  it('publishes capabilities, opens gates when told, and names what it never reaches', () => {
    const published = capability('yes');
    const orphaned = capability('no');
    const graph = new BuildGraph(
      [
        resource('a', { durationMs: 10 }),
        resource('p', { kind: 'publication', durationMs: 1 }),
        resource('b', { durationMs: 10 }),
        resource('c', { durationMs: 10 }),
        resource('g', { durationMs: 10, waitsForGate: ['target_available'] }),
        published,
        orphaned,
      ],
      [
        { from: 'a', to: 'p', kind: 'depends_on' },
        { from: 'p', to: published.id, kind: 'capability' },
        { from: published.id, to: 'b', kind: 'capability' },
        { from: orphaned.id, to: 'c', kind: 'capability' },
      ],
    );
    const { timeline, makespanMs, unreached } = simulate(graph, { gatesOpenAtMs: { target_available: 100 } });
    expect(timeline.map((o) => [o.id, o.startMs])).toEqual([
      ['a', 0],
      ['p', 10],
      ['b', 11],
      ['g', 100],
    ]);
    expect(makespanMs).toBe(110);
    expect(unreached).toEqual([orphaned.id, 'c'].sort());
    expect(simulate(graph, { done: ['a', 'p', published.id, orphaned.id] }).makespanMs).toBe(10);
    expect(simulate(graphOf('a>b b>a c>a')).unreached).toEqual(['a', 'b']);
    expect(() => simulate(graph, { workers: 0 })).toThrow(RangeError);
  });
});

function paths(graph: BuildGraph): readonly (readonly string[])[] {
  expect(reachability(graph).every((row, n) => !row[n])).toBe(true);
  const from = (id: string): string[][] => [
    [id],
    ...graph.successors(id).flatMap((to) => from(to).map((p) => [id, ...p])),
  ];
  return graph.nodes.flatMap((n) => from(n.id));
}

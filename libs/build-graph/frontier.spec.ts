import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  BuildGraph,
  Frontier,
  type FrontierState,
  type GraphEdge,
  type GraphNode,
  splitNode,
} from './index.js';
import { arbitraryGraph, capability, graphOf, resource } from './testing/arbitrary-graph.js';

const gates = ['target_available', 'connections'];

/** Any acyclic graph of all kinds of nodes, some of which wait for gates. */
const anyBuild = fc
  .tuple(
    arbitraryGraph({ acyclic: true, maxNodes: 12 }),
    fc.array(
      fc.constantFrom<GraphNode['kind']>('resource', 'resource', 'publication', 'capability', 'phase'),
      { minLength: 12 },
    ),
    fc.array(fc.subarray(gates), { minLength: 12 }),
  )
  .map(
    ([graph, kinds, waits]) =>
      new BuildGraph(
        graph.nodes.map((node, n) => ({ ...node, kind: kinds[n]!, waitsForGate: waits[n]! })),
        graph.edges,
      ),
  );

/** The definition, without anything incremental. */
function readyByDefinition(frontier: Frontier): string[] {
  return frontier.graph.nodes
    .filter(
      (node) =>
        (node.kind === 'resource' || node.kind === 'publication') &&
        !frontier.isDone(node.id) &&
        !frontier.isStarted(node.id) &&
        frontier.graph.predecessors(node.id).every((from) => frontier.isDone(from)) &&
        (node.waitsForGate ?? []).every((gate) => frontier.isOpen(gate)) &&
        frontier.why(node.id).holds.length === 0,
    )
    .map((n) => n.id);
}

describe('ready frontier', () => {
  it('never has a node before its predecessors, and comes to an end with every node done', () => {
    fc.assert(
      fc.property(anyBuild, fc.gen(), (graph, g) => {
        const frontier = new Frontier(graph);
        const seen = new Set(frontier.ready());
        const ready = (ids: readonly string[]): void =>
          ids.forEach((id) => (expect(seen.has(id)).toBe(false), seen.add(id)));
        for (const gate of g(fc.shuffledSubarray, gates, { minLength: 2 })) ready(frontier.openGate(gate));
        for (let step = 0; !frontier.isComplete; step++) {
          expect(step).toBeLessThanOrEqual(graph.nodes.length);
          const open = graph.nodes.filter(
            (n) =>
              n.kind === 'capability' &&
              !frontier.isDone(n.id) &&
              graph.predecessors(n.id).every((p) => frontier.isDone(p)),
          );
          const next = [...frontier.ready(), ...open.map((n) => n.id)];
          expect(next.length).toBeGreaterThan(0);
          const id = next[g(fc.nat, next.length - 1)]!;
          expect(graph.predecessors(id).every((p) => frontier.isDone(p))).toBe(true);
          ready(frontier.markDone(id));
        }
        expect(frontier.counts).toMatchObject({
          done: frontier.counts.total,
          ready: 0,
          started: 0,
          waiting: 0,
        });
        expect(seen.size).toBe(frontier.counts.total);
      }),
    );
  });

  it('says after any steps what the definition says, and says who became ready or blocked', () => {
    const step = fc.tuple(
      fc.constantFrom('done', 'undone', 'start', 'unstart', 'hold', 'unhold', 'open', 'close'),
      fc.nat(11),
      fc.constantFrom(...gates),
    );
    fc.assert(
      fc.property(anyBuild, fc.array(step, { maxLength: 30 }), (graph, steps) => {
        const frontier = new Frontier(graph);
        for (const [what, at, gate] of steps) {
          const id = graph.nodes[at % graph.nodes.length]!.id;
          const before = new Set(readyByDefinition(frontier));
          let became: readonly string[] | undefined;
          let blocked: readonly string[] | undefined;
          if (what === 'done') became = frontier.markDone(id);
          else if (what === 'undone') blocked = frontier.markUndone(id);
          else if (what === 'start') frontier.markStarted(id);
          else if (what === 'unstart') frontier.markNotStarted(id);
          else if (what === 'hold') frontier.hold(id, 'because');
          else if (what === 'unhold') frontier.unhold(id, 'because');
          else if (what === 'open') became = frontier.openGate(gate);
          else blocked = frontier.closeGate(gate);
          const after = readyByDefinition(frontier);
          expect([...frontier.ready()].sort()).toEqual(after);
          if (became) expect([...became].sort()).toEqual(after.filter((x) => !before.has(x)));
          if (blocked)
            expect([...blocked].sort()).toEqual([...before].filter((x) => !after.includes(x)).sort());
          const { total, done, started, waiting } = frontier.counts;
          expect(total).toBe(done + started + after.length + waiting);
          for (const node of graph.nodes)
            if (node.kind === 'phase')
              expect(frontier.isDone(node.id)).toBe(
                graph.predecessors(node.id).every((p) => frontier.isDone(p)),
              );
        }
        const again = new Frontier(graph, JSON.parse(JSON.stringify(frontier.state)) as FrontierState);
        expect(again.ready()).toEqual(frontier.ready());
        expect(again.counts).toEqual(frontier.counts);
        expect(again.state).toEqual(frontier.state);
      }),
      { numRuns: 300 },
    );
  });

  it('tells why a node waits', () => {
    const graph = new BuildGraph(
      [resource('a'), resource('b'), resource('c', { waitsForGate: ['hardware', 'connections'] })],
      [
        { from: 'a', to: 'c', kind: 'reference' },
        { from: 'b', to: 'c', kind: 'reference' },
      ],
    );
    const frontier = new Frontier(graph, { done: ['a'], openGates: ['connections'] });
    frontier.hold('c', 'error in the merge');
    expect(frontier.why('c')).toEqual({
      predecessors: ['b'],
      gates: ['hardware'],
      holds: ['error in the merge'],
    });
    expect(frontier.why('a')).toEqual({ predecessors: [], gates: [], holds: [] });
    expect(frontier.markDone('b')).toEqual([]);
    expect(frontier.openGate('hardware')).toEqual([]);
    expect(frontier.unhold('c', 'error in the merge')).toBe(true);
    expect(frontier.ready()).toEqual(['c']);
  });

  it('goes on in the graph of a merge: what is done stays, what is gone is ignored, a phase with new targets is open again', () => {
    const phase = resource('phase', { kind: 'phase' });
    const after: GraphEdge = { from: 'phase', to: 'z', kind: 'phase' };
    const before = new BuildGraph(
      [resource('a'), resource('gone'), resource('z'), phase],
      [{ from: 'a', to: 'phase', kind: 'phase' }, after],
    );
    const frontier = new Frontier(before, { done: ['a', 'gone'] });
    expect(frontier.ready()).toEqual(['z']);
    const merged = new BuildGraph(
      [resource('a'), resource('b'), resource('z'), phase],
      [{ from: 'a', to: 'phase', kind: 'phase' }, { from: 'b', to: 'phase', kind: 'phase' }, after],
    );
    const next = new Frontier(merged, frontier.state);
    expect(next.ready()).toEqual(['b']);
    expect(next.isDone('phase')).toBe(false);
    expect(next.markDone('b')).toEqual(['z']);
  });

  it('has what is available elsewhere as done, and a withdrawn capability blocks again what has not started', () => {
    const adopted = capability('dns', { available: true });
    const own = capability('own');
    const graph = new BuildGraph(
      [adopted, own, resource('a'), resource('b')],
      [
        { from: adopted.id, to: 'a', kind: 'capability' },
        { from: own.id, to: 'a', kind: 'capability' },
        { from: own.id, to: 'b', kind: 'capability' },
      ],
    );
    const frontier = new Frontier(graph);
    expect(frontier.ready()).toEqual([]);
    expect(frontier.markDone(own.id)).toEqual(['a', 'b']);
    frontier.markStarted('b');
    expect(frontier.markUndone(own.id)).toEqual(['a']);
    expect(frontier.isStarted('b')).toBe(true);
    expect(frontier.why('a').predecessors).toEqual([own.id]);
  });

  it('puts the longest remaining path first', () => {
    const graph = new BuildGraph(
      [
        resource('a', { durationMs: 5 }),
        resource('b', { durationMs: 1 }),
        resource('c', { durationMs: 9 }),
        resource('d', { durationMs: 5 }),
      ],
      [{ from: 'b', to: 'c', kind: 'reference' }],
    );
    const frontier = new Frontier(graph);
    expect(frontier.ready()).toEqual(['b', 'a', 'd']);
    expect(frontier.ready(1)).toEqual(['b']);
  });

  it('takes a provisional form as done when its final form is', () => {
    const graph = splitNode(graphOf('w>n n>q q>w'), { id: 'n', without: ['w'], then: 'update' });
    const frontier = new Frontier(graph);
    expect(frontier.ready()).toEqual(['n~provisional']);
    const updated = new Frontier(graph, { done: ['n'] });
    expect(updated.isDone('n~provisional')).toBe(true);
    expect(updated.ready()).toEqual(['q']);
  });

  it('knows its graph only', () => {
    expect(() => new Frontier(graphOf('a>b')).markDone('c')).toThrow(/no node c/);
  });
});

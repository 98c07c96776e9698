import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type SourceRange } from '#libs/kernel';
import {
  analyse,
  analyseBuild,
  BuildGraph,
  type Finding,
  type GraphEdge,
  topologicalOrder,
  union,
  withStateEdges,
} from './index.js';
import {
  arbitraryGraph,
  capability,
  chance,
  graphOf,
  isAcyclic,
  reachability,
  resource,
} from './testing/arbitrary-graph.js';

const range = (filename: string, line: number): SourceRange => ({
  filename,
  start: { line, column: 1, byte: 0 },
  end: { line, column: 9, byte: 8 },
});
const of = (kind: Finding['kind'], findings: readonly Finding[]): readonly Finding[] =>
  findings.filter((f) => f.kind === kind);
const without = (graph: BuildGraph, edges: readonly GraphEdge[]): BuildGraph => {
  const gone = new Set(edges.map((e) => `${e.from} ${e.to} ${e.kind}`));
  return new BuildGraph(
    graph.nodes,
    graph.edges.filter((e) => !gone.has(`${e.from} ${e.to} ${e.kind}`)),
  );
};

/** A flock with one component that needs and publishes capabilities, in the form that compilation gives it. */
function flock(name: string, needs: readonly string[], publishes: readonly string[]) {
  const own = { flock: name, owners: [`${name}@example.com`] };
  const component = resource(`r/target/${name}/t/infrastructure_component.c`, {
    ...own,
    address: 'infrastructure_component.c',
  });
  const publications = publishes.map((c, i) =>
    resource(`r/target/${name}/t/capability.p${i}`, {
      ...own,
      kind: 'publication',
      name: c,
      address: `capability.p${i}`,
      range: range(`${name}/resources.hcl`, 20 + i),
    }),
  );
  const edges: GraphEdge[] = [
    ...needs.map((c, i): GraphEdge => ({
      from: capability(c).id,
      to: component.id,
      kind: 'capability',
      range: range(`${name}/resources.hcl`, 3 + i),
    })),
    ...publications.flatMap((p, i): GraphEdge[] => [
      { from: component.id, to: p.id, kind: 'depends_on', range: range(`${name}/resources.hcl`, 10 + i) },
      { from: p.id, to: capability(publishes[i]!).id, kind: 'capability' },
    ]),
  ];
  return {
    nodes: [component, ...publications, ...[...needs, ...publishes].map((c) => capability(c))],
    edges,
  };
}
const fleet = (...flocks: { nodes: BuildGraph['nodes']; edges: readonly GraphEdge[] }[]): BuildGraph =>
  new BuildGraph(
    flocks.flatMap((f) => f.nodes),
    flocks.flatMap((f) => f.edges),
  );

describe('cycles', () => {
  it('are found between flocks through capabilities, with owners and places of the whole path', () => {
    const findings = analyse(
      fleet(flock('a', ['c/ok'], ['a/ok']), flock('b', ['a/ok'], ['b/ok']), flock('c', ['b/ok'], ['c/ok'])),
    );
    const [cycle, ...more] = of('cycle', findings);
    expect(more).toEqual([]);
    expect(cycle).toMatchObject({
      severity: 'error',
      owners: ['a@example.com', 'b@example.com', 'c@example.com'],
      flocks: ['a', 'b', 'c'],
    });
    expect(cycle!.path).toHaveLength(9);
    expect(cycle!.nodes).toHaveLength(9);
    expect(cycle!.breakSet).toHaveLength(1);
    expect(cycle!.ranges.map((r) => `${r.filename}:${r.start.line}`).sort()).toEqual(
      ['a', 'b', 'c']
        .flatMap((f) => [`${f}/resources.hcl:10`, `${f}/resources.hcl:20`, `${f}/resources.hcl:3`])
        .sort(),
    );
  });

  it.each([1, 2, 3, 10, 30_000])('of %i nodes have their path and one edge that breaks them', (length) => {
    const nodes = Array.from({ length }, (_, n) => resource(String(n).padStart(5, '0')));
    const edges = nodes.map((node, n): GraphEdge => ({
      from: node.id,
      to: nodes[(n + 1) % length]!.id,
      kind: 'reference',
    }));
    const [cycle] = of('cycle', analyse(new BuildGraph(nodes, edges)));
    expect(cycle!.path).toEqual(nodes.map((n) => n.id));
    expect(cycle!.breakSet).toHaveLength(1);
  });

  it('that overlap are one finding, with the shortest as path and a set that breaks all', () => {
    const [cycle, ...more] = of('cycle', analyse(graphOf('a>b b>c c>d d>a c>b d>e e>d')));
    expect(more).toEqual([]);
    expect(cycle!.nodes).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(cycle!.path).toEqual(['b', 'c']);
    expect(cycle!.breakSet).toHaveLength(2);
  });

  it('one per component, shortest path, smallest break set (against all subsets)', () => {
    fc.assert(
      fc.property(arbitraryGraph({ maxNodes: 6, maxEdges: 12, kinds: ['reference'] }), (graph) => {
        const reach = reachability(graph);
        const cycles = of('cycle', analyse(graph));
        const cyclic = graph.nodes.filter((_, n) => reach[n]![n]).map((n) => n.id);
        expect(cycles.flatMap((c) => c.nodes).sort()).toEqual(cyclic);
        for (const { nodes, path, breakSet } of cycles) {
          const inside = graph.edges.filter((e) => nodes.includes(e.from) && nodes.includes(e.to));
          const part = new BuildGraph(
            graph.nodes.filter((n) => nodes.includes(n.id)),
            inside,
          );
          expect(reachability(part).every((row) => row.every(Boolean))).toBe(true);
          path!.forEach((id, i) => expect(graph.successors(id)).toContain(path![(i + 1) % path!.length]));
          expect(path!.length).toBe(girth(part));
          expect(isAcyclic(without(part, breakSet!))).toBe(true);
          expect(breakSet!.length).toBe(smallestBreakSet(part));
        }
      }),
    );
  });

  it('are all broken by the break set, whatever kinds of edges they have', () => {
    fc.assert(
      fc.property(arbitraryGraph({ maxNodes: 30, maxEdges: 120 }), (graph) => {
        const broken = of('cycle', analyse(graph)).flatMap((c) => c.breakSet!);
        expect(isAcyclic(without(graph, broken))).toBe(true);
        // No edge of it is superfluous: put back (with those parallel to it), it closes a cycle.
        for (const edge of broken) {
          const kept = broken.filter((e) => e.from !== edge.from || e.to !== edge.to);
          expect(isAcyclic(without(graph, kept))).toBe(false);
        }
      }),
    );
  });

  it('in one dense component of 2,000 nodes end in a break set too, in reasonable time', () => {
    const random = chance(7);
    const nodes = Array.from({ length: 2_000 }, (_, n) => resource(String(n).padStart(5, '0')));
    const any = (): string => nodes[Math.floor(random() * nodes.length)]!.id;
    const edges = Array.from({ length: 8_000 }, (): GraphEdge => ({
      from: any(),
      to: any(),
      kind: 'reference',
    }));
    const graph = new BuildGraph(nodes, edges);
    const broken = of('cycle', analyse(graph)).flatMap((c) => c.breakSet!);
    expect(topologicalOrder(without(graph, broken))).toHaveLength(2_000);
    expect(broken.length).toBeLessThan(2_000);
  });

  it('are broken where an author can: at what needs a capability, not at its publication or a phase', () => {
    const graph = fleet(flock('a', ['b/ok'], ['a/ok']), flock('b', ['a/ok'], ['b/ok']));
    const [cycle] = of('cycle', analyse(graph));
    for (const edge of cycle!.breakSet!)
      expect(edge.kind === 'capability' && !edge.from.startsWith('capability:')).toBe(false);
    const phases = new BuildGraph(graphOf('a>b').nodes, [
      { from: 'a', to: 'b', kind: 'phase' },
      { from: 'b', to: 'a', kind: 'phase' },
    ]);
    expect(of('cycle', analyse(phases))[0]!.breakSet).toHaveLength(1);
  });
});

describe('capabilities', () => {
  it('that nobody publishes are one error, naming all who need them', () => {
    const [orphan, ...more] = of(
      'orphaned-capability',
      analyse(fleet(flock('d', ['no/body'], []), flock('e', ['no/body'], []))),
    );
    expect(more).toEqual([]);
    expect(orphan).toMatchObject({ severity: 'error', owners: ['d@example.com', 'e@example.com'] });
    expect(orphan!.nodes).toHaveLength(3);
    expect(orphan!.nodes[0]).toMatch(/no\/body$/);
    expect(orphan!.ranges.map((r) => r.filename)).toEqual(['d/resources.hcl', 'e/resources.hcl']);
  });

  it('are not orphaned where they are available, or where nobody needs them', () => {
    const needed = flock('d', ['no/body'], []);
    const adopted = {
      ...needed,
      nodes: needed.nodes.map((n) => (n.kind === 'capability' ? { ...n, available: true } : n)),
    };
    expect(of('orphaned-capability', analyse(fleet(adopted)))).toEqual([]);
    expect(of('orphaned-capability', analyse(new BuildGraph([capability('unused')], [])))).toEqual([]);
  });

  it('that look like one that is published, or are published elsewhere, say so', () => {
    const [orphan] = of(
      'orphaned-capability',
      analyse(fleet(flock('d', ['dns/redy'], []), flock('e', [], ['dns/ready']))),
    );
    expect(orphan!.fix).toContain('"dns/ready"');
  });

  it('with two publishers are one warning; one block in two targets is no duplicate', () => {
    const [twice, ...more] = of(
      'duplicate-publication',
      analyse(fleet(flock('e', [], ['dup/x']), flock('f', [], ['dup/x']), flock('g', [], ['dup/x']))),
    );
    expect(more).toEqual([]);
    expect(twice).toMatchObject({
      severity: 'warning',
      owners: ['e@example.com', 'f@example.com', 'g@example.com'],
    });
    expect(twice!.ranges.map((r) => r.filename)).toEqual([
      'e/resources.hcl',
      'f/resources.hcl',
      'g/resources.hcl',
    ]);

    const cap = capability('x');
    const publications = ['t1', 't2'].map((target) =>
      resource(`p-${target}`, { kind: 'publication', target, address: 'capability.x', probe: true }),
    );
    const edges = publications.map((p): GraphEdge => ({ from: p.id, to: cap.id, kind: 'capability' }));
    expect(analyse(new BuildGraph([cap, ...publications], edges))).toEqual([]);
  });

  it('published with neither a dependency nor a probe are a warning', () => {
    const cap = capability('x');
    const publication = resource('p', { kind: 'publication', address: 'capability.x' });
    const target = resource('target:t', { kind: 'target' });
    const edges: GraphEdge[] = [
      { from: 'p', to: cap.id, kind: 'capability' },
      { from: 'p', to: 'target:t', kind: 'target' },
    ];
    const [finding] = of('false-publication', analyse(new BuildGraph([cap, publication, target], edges)));
    expect(finding).toMatchObject({ severity: 'warning', nodes: [cap.id, 'p'] });
    const probed = new BuildGraph([cap, { ...publication, probe: true }, target], edges);
    expect(of('false-publication', analyse(probed))).toEqual([]);
  });
});

describe('orphan nodes', () => {
  it('are joined to nothing but their target and phase', () => {
    const target = resource('target:t', { kind: 'target' });
    const edges: GraphEdge[] = ['a', 'b', 'c'].map((from) => ({ from, to: 'target:t', kind: 'target' }));
    edges.push({ from: 'a', to: 'b', kind: 'reference' });
    const findings = analyse(new BuildGraph([target, resource('a'), resource('b'), resource('c')], edges));
    expect(findings.map((f) => [f.kind, f.nodes])).toEqual([['orphan-node', ['c']]]);
  });
});

describe('flocks that interleave', () => {
  const graph = new BuildGraph(
    [
      resource('a1', { flock: 'a', owners: ['a@x'] }),
      resource('a2', { flock: 'a', owners: ['a@x'] }),
      resource('b1', { flock: 'b', owners: ['b@x'] }),
    ],
    [
      { from: 'a1', to: 'b1', kind: 'reference', range: range('b.hcl', 4) },
      { from: 'b1', to: 'a2', kind: 'reference', range: range('a.hcl', 9) },
    ],
  );

  it('are information, naming who gets several releases', () => {
    expect(analyse(graph)).toMatchObject([
      {
        kind: 'several-releases',
        severity: 'information',
        owners: ['a@x', 'b@x'],
        flocks: ['a', 'b'],
        nodes: ['a1', 'b1', 'a2'],
        path: ['r/target/a/t', 'r/target/b/t'],
        ranges: [{ filename: 'b.hcl' }, { filename: 'a.hcl' }],
      },
    ]);
  });

  it('are no finding where they do not', () => {
    expect(analyse(without(graph, [graph.edges[0]!])).filter((f) => f.kind === 'several-releases')).toEqual(
      [],
    );
  });
});

describe('analysis of a build', () => {
  it('says what actual and forecast share once, and finds no cycle that only their union has', () => {
    const actual = graphOf('a>b c>d d>c');
    const forecast = graphOf('b>a c>d d>c');
    // In the union `a` waits for `b`, and `b` for nothing: the forecast wins. With capabilities both would stay.
    const findings = analyseBuild({ actual, forecast, union: union(actual, forecast) });
    expect(of('cycle', findings).map((f) => f.nodes)).toEqual([['c', 'd']]);
  });

  it('finds a build that could never reach Building', () => {
    const worker = { ...capability('worker'), environment: 'vibe' };
    const actual = new BuildGraph([], []);
    const forecast = new BuildGraph(
      [resource('host'), resource('publish', { kind: 'publication', name: 'worker' }), worker],
      [
        { from: 'host', to: 'publish', kind: 'depends_on' },
        { from: 'publish', to: worker.id, kind: 'capability' },
      ],
    );
    const united = withStateEdges(union(actual, forecast), actual, [worker]);
    const [cycle] = of('cycle', analyseBuild({ actual, forecast, union: united }));
    expect(cycle!.path).toEqual([worker.id, 'publish']);
    const orphaned = withStateEdges(graphOf('a>b'), actual, [worker]);
    expect(
      of('orphaned-capability', analyseBuild({ actual, forecast: graphOf('a>b'), union: orphaned }))[0],
    ).toMatchObject({
      nodes: [worker.id],
      severity: 'error',
    });
  });

  it('is in the same order, and passes on what compilation found, errors first', () => {
    const also: Finding = {
      kind: 'hard-coded-region',
      severity: 'warning',
      nodes: ['x'],
      owners: [],
      ranges: [],
      message: 'm',
      fix: 'f',
    };
    const elsewhere = { ...also, ranges: [range('x.hcl', 7)] };
    const graph = graphOf('a>b b>a');
    const findings = analyseBuild({
      actual: graph,
      forecast: graph,
      union: graph,
      also: [also, { ...also }, elsewhere],
    });
    expect(findings.map((f) => f.kind)).toEqual(['cycle', 'hard-coded-region', 'hard-coded-region']);
    fc.assert(
      fc.property(arbitraryGraph(), (any) => {
        expect(
          analyse(BuildGraph.fromJson({ nodes: [...any.nodes].reverse(), edges: [...any.edges].reverse() })),
        ).toEqual(analyse(any));
      }),
    );
  });
});

/** Length of the shortest cycle, by breadth-first search from every node. */
function girth(graph: BuildGraph): number {
  let best = Infinity;
  for (const { id } of graph.nodes) {
    let at = new Set([id]);
    for (let length = 1; length < best && length <= graph.nodes.length; length++) {
      at = new Set([...at].flatMap((from) => graph.successors(from)));
      if (at.has(id)) best = length;
    }
  }
  return best;
}

/** By trying all subsets, smallest first. */
function smallestBreakSet(graph: BuildGraph): number {
  const masks = [...Array(1 << graph.size).keys()].sort((a, b) => bits(a) - bits(b));
  const mask = masks.find((m) =>
    isAcyclic(
      without(
        graph,
        graph.edges.filter((_, e) => (m >> e) & 1),
      ),
    ),
  );
  return bits(mask!);
}
const bits = (mask: number): number => mask.toString(2).replaceAll('0', '').length;

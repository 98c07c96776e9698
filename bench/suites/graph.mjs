// The build dependency graph at 30,000 nodes and 120,000 edges, against one bare topological pass over typed arrays of the same edges.
// Smaller is better.
import {
  analyse,
  BuildGraph,
  criticalPath,
  difference,
  Frontier,
  releases,
  simulate,
  topologicalOrder,
  union,
} from '#libs/build-graph';

const flocks = 350;
const perFlock = 85;
const needs = 110_000;

/** mulberry32: the same graph in every run. */
function chance(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A region of flocks: resources that refer to one another, a capability each, and needs of earlier flocks' capabilities. */
function region(cyclic) {
  const random = chance(12);
  const below = (n) => Math.floor(random() * n);
  const nodes = [];
  const edges = [];
  const common = { region: 'us-seattle-1', environment: 'target', target: 'main' };
  const resource = (f, r) => `us-seattle-1/target/flock${f}/main/infrastructure_component.c${r}`;
  const capability = (f) => `capability:us-seattle-1/target/flock${f}/ready`;
  for (let f = 0; f < flocks; f++) {
    const flock = `flock${f}`;
    const own = { ...common, flock, owners: [`${flock}@example.com`] };
    for (let r = 0; r < perFlock; r++)
      nodes.push({
        ...own,
        id: resource(f, r),
        kind: 'resource',
        address: `infrastructure_component.c${r}`,
        digest: `${f}.${r}`,
        durationMs: 1_000 + below(29_000),
      });
    const publication = `us-seattle-1/target/${flock}/main/capability.ready`;
    nodes.push({
      ...own,
      id: publication,
      kind: 'publication',
      address: 'capability.ready',
      durationMs: 500,
    });
    nodes.push({
      ...common,
      id: capability(f),
      kind: 'capability',
      flock: '',
      target: '',
      name: `${flock}/ready`,
    });
    edges.push({ from: resource(f, perFlock >> 1), to: publication, kind: 'depends_on' });
    edges.push({ from: publication, to: capability(f), kind: 'capability' });
  }
  while (edges.length < needs) {
    const f = below(flocks);
    const r = 1 + below(perFlock - 1);
    if (random() < 0.8)
      edges.push({
        from: resource(f, below(r)),
        to: resource(f, r),
        kind: random() < 0.9 ? 'reference' : 'depends_on',
      });
    else if (f > 0) edges.push({ from: capability(below(f)), to: resource(f, r), kind: 'capability' });
  }
  const last = cyclic ? flocks - 1 : 0;
  for (let i = 0; i < 10_000; i++) {
    const f = below(flocks - 1);
    edges.push({ from: resource(f, 0), to: resource(f + 1, 1 + below(perFlock - 1)), kind: 'reference' });
  }
  for (let c = 0; c < (cyclic ? 3 : 0); c++)
    edges.push({ from: capability(last - c), to: resource(c, 0), kind: 'capability' });
  return { nodes, edges };
}

/** The median of some runs, in milliseconds, after one that does not count. */
function median(run) {
  run();
  const times = [];
  for (let i = 0; i < 7; i++) {
    const start = performance.now();
    run();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[3];
}

function barePass({ count, outStart, heads }) {
  const missing = new Int32Array(count);
  for (let e = 0; e < heads.length; e++) missing[heads[e]]++;
  const queue = new Int32Array(count);
  let size = 0;
  for (let n = 0; n < count; n++) if (missing[n] === 0) queue[size++] = n;
  for (let q = 0; q < size; q++)
    for (let e = outStart[queue[q]]; e < outStart[queue[q] + 1]; e++)
      if (--missing[heads[e]] === 0) queue[size++] = heads[e];
  return size;
}

export function run(report) {
  const parts = region(false);
  const graph = new BuildGraph(parts.nodes, parts.edges);
  const withCycles = BuildGraph.fromJson(region(true));
  const changed = new BuildGraph(
    parts.nodes.map((node, n) => (n % 100 === 0 ? { ...node, digest: 'other' } : node)),
    parts.edges.slice(100),
  );
  const reference = median(() =>
    barePass({ count: graph.nodes.length, outStart: graph.outStart, heads: graph.heads }),
  );

  const tell = (metric, value, unit, against = reference) =>
    report({ metric, value, unit, reference: against, ratio: value / against });

  report({ metric: `size, with ${graph.size} edges`, value: graph.nodes.length, unit: 'nodes' });
  tell(
    'construct',
    median(() => new BuildGraph(parts.nodes, parts.edges)),
    'ms',
  );
  tell(
    'order',
    median(() => topologicalOrder(graph)),
    'ms',
  );
  tell(
    'analyse',
    median(() => analyse(graph)),
    'ms',
  );
  tell(
    'analyse-with-cycles',
    median(() => analyse(withCycles)),
    'ms',
  );
  tell(
    'releases',
    median(() => releases(graph)),
    'ms',
  );
  tell(
    'critical-path',
    median(() => criticalPath(graph)),
    'ms',
  );
  tell(
    'union',
    median(() => union(graph, changed)),
    'ms',
  );
  tell(
    'difference',
    median(() => difference(graph, changed)),
    'ms',
  );
  tell(
    'traverse',
    median(() => {
      const frontier = new Frontier(graph);
      const pending = [...frontier.ready()];
      for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
        for (const next of frontier.markDone(id)) pending.push(next);
        if (pending.length === 0 && !frontier.isComplete)
          for (const node of graph.nodes)
            if (
              node.kind === 'capability' &&
              !frontier.isDone(node.id) &&
              frontier.why(node.id).predecessors.length === 0
            )
              for (const next of frontier.markDone(node.id)) pending.push(next);
      }
      if (!frontier.isComplete) throw new Error('the traversal did not end');
    }),
    'ms',
  );
  const simulation = simulate(graph, { workers: 256 });
  tell(
    'simulate-256-workers',
    median(() => simulate(graph, { workers: 256 })),
    'ms',
  );
  tell('makespan-256-workers', simulation.makespanMs, 'simulated ms', simulation.boundMs);
}

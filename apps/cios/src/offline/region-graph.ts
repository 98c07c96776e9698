import { condense, inOrder, topologicalOrder, BuildGraph, analyse, type Finding } from '#libs/build-graph';
import { compilationFindings, planRegion } from '#libs/builds/domain';
import { OfflineCompiler, type OfflineInput } from '#libs/compilation/offline';
import { type Diagnostic } from '#libs/kernel';
import { surroundingsOf } from './surroundings.js';

/** What `cios graph --json` prints. */
export interface GraphDocument {
  readonly nodes: readonly {
    readonly id: string;
    readonly kind: string;
    readonly flock: string;
    readonly target: string;
  }[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly kind: string }[];
  readonly order: readonly string[];
  readonly findings: readonly Finding[];
}

export interface OfflineGraph {
  readonly document: GraphDocument;
  /** Errors of flocks that did not compile: the graph is without them. */
  readonly errors: readonly Diagnostic[];
}

/** The build dependency graph of one region, actual ∪ forecast (or the actual one alone), with what is wrong with it. */
export function regionGraph(
  input: OfflineInput & { readonly region: string },
  only: 'actual' | 'union',
): OfflineGraph {
  const { actual, forecast } = new OfflineCompiler(input).region(input.region);
  const plan = planRegion({
    actual,
    forecast: only === 'actual' || forecast === actual ? null : forecast,
    ...surroundingsOf(input.regionData, input.region),
  });
  const graph = only === 'actual' ? plan.actual : plan.united;
  const flocks = only === 'actual' ? actual.flocks : [...actual.flocks, ...forecast.flocks];
  return { document: documentOf(graph, plan.findings), errors: errorsOf(flocks) };
}

/** The flocks of the whole fleet: every region that has targets, each graph analysed alone, condensed together. */
export function fleetGraph(input: OfflineInput): OfflineGraph {
  const compiler = new OfflineCompiler(input);
  const { all_regions } = input.regionData;
  const regions = new Set(compiler.targets.flatMap(({ targets }) => targets.map((t) => t.region)));
  const graphs: BuildGraph[] = [];
  const findings: Finding[] = [];
  const errors: Diagnostic[] = [...errorsOf(compiler.targets)];
  for (const { name, state } of all_regions) {
    if (state === 'Deprecated') continue;
    const internal = input.regionData.regions.find((r) => r.public_name === name)?.internal_name ?? name;
    if (!regions.has(internal)) continue;
    const { actual } = compiler.region(name);
    const plan = planRegion({ actual, forecast: null, ...surroundingsOf(input.regionData, name) });
    graphs.push(plan.actual);
    findings.push(...analyse(plan.actual), ...compilationFindings(actual));
    errors.push(...errorsOf(actual.flocks));
  }
  const fleet = new BuildGraph(
    graphs.flatMap((g) => [...g.nodes]),
    graphs.flatMap((g) => [...g.edges]),
  );
  return { document: documentOf(condense(fleet, 'flock'), onceEach(findings)), errors: distinct(errors) };
}

function documentOf(graph: BuildGraph, findings: readonly Finding[]): GraphDocument {
  return {
    nodes: graph.nodes.map(({ id, kind, flock, target }) => ({ id, kind, flock, target })),
    edges: graph.edges.map(({ from, to, kind }) => ({ from, to, kind })),
    order: topologicalOrder(graph),
    findings,
  };
}

/** The same flocks at the same places say the same in every region: told of the first. */
function onceEach(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Map<string, Finding>();
  for (const finding of findings) {
    const places = finding.ranges.map((range) => `${range.filename}:${range.start.byte}`).sort();
    const key = JSON.stringify([finding.kind, finding.flocks ?? finding.owners, places]);
    if (!seen.has(key)) seen.set(key, finding);
  }
  return inOrder([...seen.values()]);
}

function errorsOf(flocks: readonly { readonly diagnostics: readonly Diagnostic[] }[]): readonly Diagnostic[] {
  return distinct(flocks.flatMap((f) => f.diagnostics.filter((d) => d.severity === 'error')));
}

function distinct(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const key = ({ summary, detail, subject }: Diagnostic) =>
    JSON.stringify([summary, detail, subject?.filename, subject?.start.byte]);
  return [...new Map(diagnostics.map((d) => [key(d), d])).values()];
}

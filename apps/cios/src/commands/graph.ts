import { type Finding } from '#libs/build-graph';
import {
  offline,
  type Invocation,
  type Register,
  type Output,
  placeOf,
  printDiagnostics,
  wrapped,
} from '../cli/cli.js';
import { readFlocks } from '../offline/read-flocks.js';
import { readRegionData } from '../offline/read-region-data.js';
import { type GraphDocument } from '../offline/region-graph.js';

interface Options {
  readonly regionData?: string;
  readonly flocks?: string;
  readonly region?: string;
  readonly actual?: boolean;
  readonly findings?: boolean;
  readonly lenient?: boolean;
}

export const graphCommand: Register = (program, cli) => {
  offline(program, 'graph', 'build dependency graph and findings')
    .option('--region-data <file>', 'region data, JSON or YAML')
    .option('--flocks <dir>', 'folder in which the flocks lie')
    .option('--region <name>', 'the resources of one region; without it the flocks of the fleet')
    .option('--actual', 'without what will be once the region is Building')
    .option('--findings', 'on a terminal nothing but the findings')
    .option('--lenient', 'accept FIG. 5 as the patent prints it, with warnings')
    .action(cli.run<Options>(graph));
};

async function graph({ options, out, io }: Invocation<Options>): Promise<number> {
  const { document: regionData } = await readRegionData(options.regionData, io.cwd);
  const flocks = await readFlocks(options.flocks, io.cwd);
  const { fleetGraph, regionGraph } = await import('../offline/region-graph.js');
  const input = { regionData, flocks, lenient: options.lenient === true };
  const { region } = options;
  const { document, errors } =
    region === undefined
      ? fleetGraph(input)
      : regionGraph({ ...input, region }, options.actual === true ? 'actual' : 'union');
  out.result(document);
  if (!out.json) {
    if (options.findings !== true) await printGraph(out, document);
    printDiagnostics(out, errors, io.cwd);
    printFindings(out, document.findings);
    out.next(hint(document.findings, region, options));
  }
  return errors.length > 0 || document.findings.some((f) => f.severity === 'error') ? 1 : 0;
}

function hint(
  findings: readonly Finding[],
  region: string | undefined,
  { regionData, flocks }: Options,
): string {
  const errors = findings.filter((f) => f.severity === 'error').length;
  if (errors > 0)
    return `mend the ${errors === 1 ? 'error' : `${errors} errors`} above: a build would not start`;
  return region === undefined
    ? `cios graph --region-data ${regionData} --flocks ${flocks} --region NAME`
    : `cios build start ${region}`;
}

async function printGraph(out: Output, { nodes, edges, order }: GraphDocument): Promise<void> {
  const before = new Map<string, string[]>();
  for (const { from, to } of edges) {
    const list = before.get(to);
    if (list) list.push(from);
    else before.set(to, [from]);
  }
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const rows = order.map((id, i) => {
    const waits = [...new Set(before.get(id) ?? [])];
    const first = waits.slice(0, 2).join(', ');
    return [
      i + 1,
      id,
      byId.get(id)?.kind,
      waits.length > 2 ? `${first} and ${waits.length - 2} more` : first,
    ];
  });
  await out.table(['', 'node', 'kind', 'after'], rows);
  const stuck = nodes.length - order.length;
  out.line();
  out.line(
    `${nodes.length} nodes, ${edges.length} edges${stuck > 0 ? `; ${stuck} in or behind a cycle` : ''}`,
  );
}

export function printFindings(out: Output, findings: readonly Finding[]): void {
  if (findings.length === 0) {
    out.line('no findings');
    return;
  }
  const paint = { error: out.color.red, warning: out.color.yellow, information: out.color.cyan };
  for (const { kind, severity, message, fix, owners, ranges } of findings) {
    out.line();
    out.line(`${paint[severity](`${severity}:`)} ${out.color.bold(kind)} ${message}`);
    for (const range of ranges.slice(0, 8)) out.line(`  ${out.color.dim(placeOf(range))}`);
    if (owners.length > 0) out.line(`  ${out.color.dim(`owners: ${owners.join(', ')}`)}`);
    for (const line of wrapped(fix, Math.min(out.columns, 120) - 2)) out.line(`  ${line}`);
  }
}

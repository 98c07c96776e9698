import { type Diagnostic } from '#libs/kernel';
import { configSyntax, parseConfig, parseJsonConfig, type Block, type BodyShape } from '#libs/hcl';

/** What a flock's config says it consists of: all resources of one service, infrastructure and artifacts apart. */
export interface FlockDescription {
  /** Of its `flock` block; null where there is none. */
  readonly name: string | null;
  readonly owners: readonly string[];
  /** `infrastructure_component.db` */
  readonly infrastructure: readonly string[];
  /** Names of artifacts that are deployed, as far as they are written out. */
  readonly artifacts: readonly string[];
  /** Other resources. */
  readonly resources: readonly string[];
  readonly targets: readonly string[];
  /** Capabilities, as far as their names are written out. */
  readonly needs: readonly string[];
  readonly publishes: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a flock's files without evaluating them. Pure; O(size). */
export function describeFlock(
  files: ReadonlyMap<string, Uint8Array>,
  options: { readonly lenient?: boolean } = {},
): FlockDescription {
  const diagnostics: Diagnostic[] = [];
  const blocks: Block[] = [];
  for (const path of [...files.keys()].sort()) {
    const syntax = configSyntax(path);
    if (syntax === undefined) continue;
    const bytes = files.get(path)!;
    if (syntax === 'native') {
      const parsed = parseConfig(bytes, path, { lenient: options.lenient === true });
      diagnostics.push(...parsed.diagnostics);
      blocks.push(...parsed.body.blocks);
    } else {
      const parsed = parseJsonConfig(bytes, path);
      const { body, diagnostics: faults } = parsed.body.settle(described);
      diagnostics.push(...parsed.diagnostics, ...faults);
      blocks.push(...body.blocks);
    }
  }
  const flock = blocks.find((b) => b.type === 'flock');
  const of = (keyword: string, type: string): Block[] =>
    blocks.filter((b) => b.type === keyword && b.labels[0] === type);
  const literals = (from: Block[], attribute: string): readonly string[] =>
    distinct(from.flatMap((b) => b.body.attributes.get(attribute)?.expression.asLiteral() ?? []));
  const addresses = (from: Block[]): readonly string[] =>
    distinct(from.map((b) => `${b.labels[0]}.${b.labels[1]}`));
  const owners = flock?.body.attributes.get('owners')?.expression;
  const apart = new Set(['infrastructure_component', 'execution_target', 'release_phase']);
  return {
    name: flock?.labels[0] ?? null,
    owners: (owners?.asList() ?? (owners === undefined ? [] : [owners])).flatMap((e) => e.asLiteral() ?? []),
    infrastructure: addresses(of('resource', 'infrastructure_component')),
    artifacts: literals(of('resource', 'artifact_deployment'), 'artifact'),
    resources: addresses(blocks.filter((b) => b.type === 'resource' && !apart.has(b.labels[0] ?? ''))),
    targets: addresses(of('resource', 'execution_target')),
    needs: literals(of('data', 'capability'), 'name'),
    publishes: literals(of('resource', 'capability'), 'name'),
    diagnostics,
  };
}

/** Of the JSON syntax: the blocks that are looked at. */
const described: BodyShape = {
  blocks: [
    { type: 'flock', labels: ['name'], body: () => ({ blocks: [] }) },
    ...['resource', 'data'].map((type) => ({
      type,
      labels: ['type', 'label'],
      body: () => ({ blocks: [] }),
    })),
  ],
};

const distinct = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();

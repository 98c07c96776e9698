import { type Diagnostic } from '#libs/kernel';
import {
  configSyntax,
  FixedBody,
  localNames,
  parseConfig,
  parseJsonConfig,
  type Attribute,
  type Block,
} from '#libs/hcl';
import { jsonShape } from './json-shape.js';

/** What stands at the top of a flock's config files, in the order of their paths. */
export interface Configs {
  readonly paths: readonly string[];
  readonly blocks: readonly Block[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Parses the config files of either syntax. `prefix` is shown before paths. O(size). */
export function readConfigs(
  files: ReadonlyMap<string, Uint8Array>,
  { prefix = '', lenient = false }: { readonly prefix?: string; readonly lenient?: boolean },
): Configs {
  const configs = [...files].filter(([path]) => configSyntax(path) !== undefined).sort(byPath);
  const names = lenient ? configs.flatMap(([path, bytes]) => namesIn(path, bytes)) : [];
  const blocks: Block[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const [path, bytes] of configs) {
    if (configSyntax(path) === 'native') {
      const { body, diagnostics: faults } = parseConfig(bytes, prefix + path, {
        lenient,
        locals: names,
        isolate: true,
      });
      blocks.push(...body.blocks);
      diagnostics.push(...faults, ...[...body.attributes.values()].map(strayAttribute));
      continue;
    }
    const { body, diagnostics: faults } = parseJsonConfig(bytes, prefix + path);
    const settled = body.settle(jsonShape);
    blocks.push(...settled.body.blocks, ...[...settled.body.attributes.values()].map(unknownBlock));
    diagnostics.push(...faults, ...settled.diagnostics);
  }
  return { paths: configs.map(([path]) => prefix + path), blocks, diagnostics };
}

const byPath = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : a > b ? 1 : 0;

function namesIn(path: string, bytes: Uint8Array): readonly string[] {
  if (configSyntax(path) === 'native') return localNames(parseConfig(bytes, path, { lenient: true }).body);
  return parseJsonConfig(bytes, path)
    .body.settle(jsonShape)
    .body.blocks.flatMap(({ type, body }) => (type === 'locals' ? [...body.attributes.keys()] : []));
}

const strayAttribute = (attribute: Attribute): Diagnostic => ({
  severity: 'error',
  code: 'flock/stray-attribute',
  summary: 'Attribute outside of a block',
  detail: `A flock config consists of blocks; "${attribute.name}" stands in none. Values to share belong into a locals block.`,
  subject: attribute.nameRange,
});

/** At the top of the JSON syntax there are only blocks: the rest is one that nobody knows. */
function unknownBlock({ name, nameRange, range, expression }: Attribute): Block {
  return {
    type: name,
    typeRange: nameRange,
    labels: [],
    labelRanges: [],
    body: new FixedBody(expression.range, expression.range, new Map(), []),
    headerRange: nameRange,
    range,
  };
}

import { hasErrors, type Diagnostic, type Json, type SourceRange } from '#libs/kernel';
import { Scope, toJson, type Block } from '#libs/hcl';
import { reservedSubsets } from '#libs/region-data/contract';
import { type FlockSettings } from '../contract/index.js';
import { checkBody, checkHeader } from './check-blocks.js';
import { checkReferences } from './check-references.js';
import { flockFunctions } from './flock-functions.js';
import { nestedType } from './nested-blocks.js';
import { type ParsedBlock, type ParsedFlock, type ParsedLocal } from './parsed-flock.js';
import { readConfigs } from './read-configs.js';
import { blockReference } from './references.js';
import { specOf } from './schema/index.js';
import { writtenNames } from './written-names.js';

export interface ParseOptions {
  /** Accept FIG. 5 as the patent prints it, with warnings that say the fix. */
  readonly lenient?: boolean;
  /** Shown before paths in diagnostics: `flocks/dns/`. */
  readonly prefix?: string;
  /** The flock's name where its `flock` block cannot be read. */
  readonly name?: string;
}

interface LocalSource {
  readonly expression: ParsedLocal['expression'];
  readonly range: SourceRange;
}

/**
 * Parses the `.hcl` and `.hcl.json` files of one flock version (other files are what `file` and `templatefile` see) and checks all that their
 * text alone can tell: blocks, attributes, references, cycles between locals. O(size of the text).
 */
export function parseFlock(files: ReadonlyMap<string, Uint8Array>, options: ParseOptions = {}): ParsedFlock {
  const configs = readConfigs(files, options);
  const diagnostics: Diagnostic[] = [...configs.diagnostics];

  const locals = new Map<string, LocalSource>();
  const blocks = new Map<string, ParsedBlock>();
  const moves: { kind: 'moved' | 'removed' | 'import'; block: Block }[] = [];
  let flockBlock: Block | undefined;
  for (const block of configs.blocks) {
    if (block.type === 'locals') {
      addLocals(block, locals, diagnostics);
      continue;
    }
    const header = checkHeader(block);
    diagnostics.push(...header.diagnostics);
    if (header.spec === undefined) continue;
    const broken = configs.diagnostics.some(({ subject }) => subject && isWithin(subject, block.range));
    // What could not be read may be there.
    diagnostics.push(
      ...checkBody(block, header.spec).filter((d) => !broken || d.code !== 'flock/missing-attribute'),
    );
    switch (block.type) {
      case 'flock':
        if (flockBlock === undefined) flockBlock = block;
        else diagnostics.push(twice('flock block', 'flock', block.headerRange, flockBlock.headerRange));
        break;
      case 'resource':
      case 'data': {
        const [type, label] = block.labels as [string, string];
        const key = block.type === 'data' ? `data.${type}.${label}` : `${type}.${label}`;
        const first = blocks.get(key);
        if (first) diagnostics.push(twice(`${type} "${label}"`, key, block.headerRange, first.range));
        else
          blocks.set(key, {
            key,
            type: block.type === 'data' ? `data.${type}` : type,
            label,
            spec: header.spec,
            attributes: block.body.attributes,
            blocks: block.body.blocks,
            nestedTypes: new Set(block.body.blocks.map(nestedType)),
            range: block.headerRange,
          });
        break;
      }
      default:
        moves.push({ kind: block.type as 'moved' | 'removed' | 'import', block });
        diagnostics.push(...noAddresses(block));
    }
  }
  if (flockBlock === undefined && !hasErrors(diagnostics)) diagnostics.push(noFlockBlock(configs.paths));

  const checked = checkReferences(locals, blocks);
  diagnostics.push(...checked.diagnostics);
  const settings = settingsOf(flockBlock, options.name ?? '', diagnostics);
  return {
    name: settings.name,
    settings,
    locals: checked.locals,
    blocks,
    functions: flockFunctions(files),
    writtenNames: writtenNames(locals, blocks),
    moves,
    diagnostics,
    compiles: !hasErrors(diagnostics),
  };
}

const isWithin = ({ filename, start }: SourceRange, around: SourceRange): boolean =>
  filename === around.filename && start.byte >= around.start.byte && start.byte < around.end.byte;

function addLocals(block: Block, locals: Map<string, LocalSource>, diagnostics: Diagnostic[]): void {
  for (const inner of block.body.blocks)
    diagnostics.push({
      severity: 'error',
      code: 'flock/block-in-locals',
      summary: 'Block in locals',
      detail: `A locals block holds attributes only. Write ${inner.type} = { … } for an object.`,
      subject: inner.headerRange,
    });
  for (const [name, attribute] of block.body.attributes) {
    const first = locals.get(name);
    if (first) diagnostics.push(twice(`local "${name}"`, name, attribute.nameRange, first.range));
    else if ((reservedSubsets as readonly string[]).includes(name))
      diagnostics.push({
        severity: 'error',
        code: 'flock/reserved-local',
        summary: 'Reserved name',
        detail: `local.${name} is injected region data and cannot be defined here. Choose another name.`,
        subject: attribute.nameRange,
      });
    else locals.set(name, { expression: attribute.expression, range: attribute.nameRange });
  }
}

function noAddresses(block: Block): Diagnostic[] {
  return ['from', 'to'].flatMap((name) => {
    const attribute = block.body.attributes.get(name);
    const traversal = attribute?.expression.asTraversal();
    if (attribute === undefined || (traversal !== undefined && blockReference(traversal) !== undefined))
      return [];
    return [
      {
        severity: 'error' as const,
        code: 'flock/no-address',
        summary: 'Not an address',
        detail: `${name} of ${block.type} takes the address of a resource, such as infrastructure_component.db["a"].`,
        subject: attribute.expression.range,
      },
    ];
  });
}

function twice(what: string, key: string, range: SourceRange, first: SourceRange): Diagnostic {
  return {
    severity: 'error',
    code: 'flock/duplicate-block',
    summary: `Duplicate ${what}`,
    detail: `${key} is already defined at ${first.filename}:${first.start.line}. Remove or rename one of them.`,
    subject: range,
    related: [{ message: 'defined first here', range: first }],
  };
}

function noFlockBlock([filename]: readonly string[]): Diagnostic {
  const start = { line: 1, column: 1, byte: 0 };
  return {
    severity: 'error',
    code: 'flock/missing-flock-block',
    summary: 'No flock block',
    detail: 'One file must say whose flock this is: flock "name" { owners = ["team@example.com"] }.',
    ...(filename === undefined ? {} : { subject: { filename, start, end: start } }),
  };
}

/** The `flock` block's attributes are constants: they hold for every region. */
function settingsOf(block: Block | undefined, fallback: string, diagnostics: Diagnostic[]): FlockSettings {
  const name = block?.labels[0] ?? fallback;
  const constant = (attribute: string): Json => {
    const found = block?.body.attributes.get(attribute);
    const standard = specOf('flock')!.attributes[attribute]?.default ?? null;
    if (found === undefined) return standard;
    const { value, diagnostics: problems } = found.expression.evaluate(new Scope());
    diagnostics.push(...problems);
    return toJson(value) as Json;
  };
  const strings = (attribute: string): readonly string[] => {
    const value = constant(attribute);
    if (typeof value === 'string') return [value];
    return Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string') : [];
  };
  const string = (attribute: string, otherwise: string): string => {
    const value = constant(attribute);
    return typeof value === 'string' ? value : otherwise;
  };
  const owners = strings('owners');
  if (block?.body.attributes.has('owners') && owners.length === 0)
    diagnostics.push({
      severity: 'error',
      code: 'flock/no-owners',
      summary: 'No owner',
      detail: `Flock ${name} must name at least one owner: owners = ["team@example.com"].`,
      subject: block.body.attributes.get('owners')!.range,
    });
  const rollback = string('rollback', 'auto');
  if (!['auto', 'manual', 'none'].includes(rollback))
    diagnostics.push({
      severity: 'error',
      code: 'flock/invalid-value',
      summary: 'Unsuitable value',
      detail: `rollback must be "auto", "manual" or "none", not ${JSON.stringify(rollback)}.`,
      subject: block!.body.attributes.get('rollback')!.expression.range,
    });
  return {
    name,
    owners,
    notify: strings('notify'),
    service: string('service', name),
    executor: string('executor', 'simulated'),
    rollback: rollback as FlockSettings['rollback'],
  };
}

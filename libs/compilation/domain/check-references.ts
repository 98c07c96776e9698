import { type Diagnostic, type SourceRange } from '#libs/kernel';
import { type Expression } from '#libs/hcl';
import { type Level, type ParsedBlock, type ParsedLocal } from './parsed-flock.js';
import { referencesOf, referencesWithin, type BlockReference, type References } from './references.js';
import { didYouMean, resourceTypes } from './schema/index.js';

interface LocalSource {
  readonly expression: Expression;
  readonly range: SourceRange;
}

const levels: Readonly<Record<string, Level>> = {
  region: 'region',
  realm: 'region',
  execution_target: 'target',
};
const rank: Readonly<Record<Level, number>> = { fleet: 0, region: 1, target: 2 };
const computed = new Set(['id', 'outputs']);
/** Holds names of attributes, not references. */
const names: ReadonlySet<string> = new Set(['ignore_changes']);

/**
 * Checks what expressions refer to, and finds for each local how long its value can be kept. A local that is not defined here
 * is a subset of region data and can only be looked up when region data is at hand.
 */
export function checkReferences(
  locals: ReadonlyMap<string, LocalSource>,
  blocks: ReadonlyMap<string, ParsedBlock>,
): { readonly locals: ReadonlyMap<string, ParsedLocal>; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const level = levelsOf(locals, diagnostics);

  for (const [, { expression }] of locals) {
    const references = referencesOf(expression);
    checkEach(references, blocks, locals, diagnostics);
    for (const { name, range } of references.repetition) diagnostics.push(repetitionOutside(name, range));
  }
  for (const block of blocks.values()) {
    const repeated = { count: block.attributes.has('count'), each: block.attributes.has('for_each') };
    const own = [...block.attributes].flatMap(([name, a]) =>
      name === 'count' || name === 'for_each' ? [] : [referencesOf(a.expression)],
    );
    const nested = referencesWithin(block.blocks, names);
    const repetition = [...block.attributes].flatMap(([name, a]) =>
      name === 'count' || name === 'for_each' ? [referencesOf(a.expression)] : [],
    );
    diagnostics.push(...quotedReferences(block));
    for (const references of [...own, ...nested, ...repetition]) {
      const self = references.blocks.find((r) => r.key === block.key);
      if (self) diagnostics.push(selfReference(self));
      checkEach(references, blocks, locals, diagnostics);
      if (block.spec.stage === 'targets') checkStage(block, references, level, diagnostics);
    }
    for (const references of [...own, ...nested])
      for (const use of references.repetition)
        if (!repeated[use.name]) diagnostics.push(repetitionOutside(use.name, use.range));
    for (const references of repetition)
      for (const use of references.repetition) diagnostics.push(repetitionOutside(use.name, use.range));
  }
  return {
    locals: new Map(
      [...locals].map(([name, local]) => [
        name,
        { name, ...local, level: level.get(name) ?? 'target', blocks: blocksBehind(name, locals) },
      ]),
    ),
    diagnostics,
  };
}

function levelsOf(locals: ReadonlyMap<string, LocalSource>, diagnostics: Diagnostic[]): Map<string, Level> {
  const level = new Map<string, Level>();
  const path: string[] = [];
  const visit = (name: string): Level => {
    const done = level.get(name);
    if (done !== undefined) return done;
    const local = locals.get(name);
    if (local === undefined) return levels[name] ?? 'fleet';
    const at = path.indexOf(name);
    if (at >= 0) {
      diagnostics.push(localCycle([...path.slice(at), name], locals));
      // What follows from a cycle is not told as well.
      return 'fleet';
    }
    path.push(name);
    const references = referencesOf(local.expression);
    let highest: Level = references.blocks.length > 0 ? 'target' : 'fleet';
    for (const reference of references.locals) highest = higher(highest, visit(reference.name));
    path.pop();
    level.set(name, highest);
    return highest;
  };
  for (const name of locals.keys()) visit(name);
  return level;
}

function blocksBehind(local: string, locals: ReadonlyMap<string, LocalSource>): readonly BlockReference[] {
  const found: BlockReference[] = [];
  const seen = new Set<string>();
  const visit = (name: string): void => {
    const definition = locals.get(name);
    if (definition === undefined || seen.has(name)) return;
    seen.add(name);
    const references = referencesOf(definition.expression);
    found.push(...references.blocks);
    for (const reference of references.locals) visit(reference.name);
  };
  visit(local);
  return found;
}

const higher = (a: Level, b: Level): Level => (rank[b] > rank[a] ? b : a);

function localCycle(path: readonly string[], locals: ReadonlyMap<string, LocalSource>): Diagnostic {
  const shown = path.map((name) => `local.${name}`).join(' → ');
  return {
    severity: 'error',
    code: 'flock/local-cycle',
    summary: 'Locals in a cycle',
    detail: `${shown}: each needs the next one's value first. Break the cycle at one of them.`,
    subject: locals.get(path[0]!)!.range,
    related: path.slice(1, -1).map((name) => ({ message: `local.${name}`, range: locals.get(name)!.range })),
  };
}

function checkEach(
  references: References,
  blocks: ReadonlyMap<string, ParsedBlock>,
  locals: ReadonlyMap<string, LocalSource>,
  diagnostics: Diagnostic[],
): void {
  for (const { text, problem, range } of references.unknown) {
    diagnostics.push({
      severity: 'error',
      code: 'flock/unknown-reference',
      summary: problem === 'root' ? 'Unknown name' : 'Incomplete reference',
      detail: problem === 'root' ? unknownRoot(text, locals) : incomplete(text),
      subject: range,
    });
  }
  for (const reference of references.blocks) {
    const block = blocks.get(reference.key);
    if (block === undefined) diagnostics.push(unknownBlock(reference, blocks));
    else checkAttribute(reference, block, diagnostics);
  }
}

function unknownRoot(text: string, locals: ReadonlyMap<string, LocalSource>): string {
  if (locals.has(text)) return `"${text}" is a local: write local.${text}.`;
  if (text === 'var')
    return 'A flock has no variables; what differs between regions is region data: local.region.…';
  const suggestion = didYouMean(text, ['local', 'each', 'count', 'data', ...resourceTypes]);
  return `Nothing is called "${text}".${suggestion || ' References begin with local, data, each, count or the type of a resource. For a string, add quotes.'}`;
}

function incomplete(text: string): string {
  if (text === 'local') return 'Name the local: local.NAME.';
  return text === 'data' ? 'Name the block: data.capability.NAME.' : `Name the block: ${text}.NAME.`;
}

function unknownBlock(reference: BlockReference, blocks: ReadonlyMap<string, ParsedBlock>): Diagnostic {
  const dot = reference.key.lastIndexOf('.');
  const type = reference.key.slice(0, dot);
  const labels = [...blocks.values()].filter((b) => b.key.startsWith(`${type}.`)).map((b) => b.label);
  const suggestion = didYouMean(reference.key.slice(dot + 1), labels);
  return {
    severity: 'error',
    code: 'flock/unknown-reference',
    summary: 'Unknown block',
    detail: `This flock has no ${reference.key}.${suggestion}`,
    subject: reference.range,
  };
}

function checkAttribute(reference: BlockReference, block: ParsedBlock, diagnostics: Diagnostic[]): void {
  const { attribute } = reference;
  if (attribute === undefined || block.attributes.has(attribute) || block.nestedTypes.has(attribute)) return;
  if (Object.hasOwn(block.spec.attributes, attribute)) return;
  if (block.spec.stage === 'resources' && computed.has(attribute)) return;
  const declared = [...block.attributes.keys(), ...(block.spec.stage === 'resources' ? computed : [])];
  const suggestion = didYouMean(attribute, declared);
  diagnostics.push({
    severity: 'error',
    code: 'flock/unknown-reference',
    summary: 'Unknown attribute',
    detail:
      suggestion || block.spec.stage === 'targets'
        ? `${block.key} declares no "${attribute}".${suggestion}`
        : `${block.key} declares no "${attribute}". What its executor returns is ${block.key}.outputs.${attribute}.`,
    subject: reference.range,
    related: [{ message: `${block.key} is here`, range: block.range }],
  });
}

function checkStage(
  block: ParsedBlock,
  references: References,
  level: ReadonlyMap<string, Level>,
  diagnostics: Diagnostic[],
): void {
  const refuse = (text: string, range: SourceRange): void => {
    diagnostics.push({
      severity: 'error',
      code: 'flock/wrong-stage',
      summary: 'Not known when targets are compiled',
      detail: `${text} exists only per execution target, and ${block.key} decides which targets there are. Use local.all_regions and the like.`,
      subject: range,
    });
  };
  for (const { name, range } of references.locals)
    if ((level.get(name) ?? levels[name] ?? 'fleet') !== 'fleet') refuse(`local.${name}`, range);
  for (const { key, range } of references.blocks)
    if (!key.startsWith('release_phase.') && !key.startsWith('execution_target.')) refuse(key, range);
}

function quotedReferences(block: ParsedBlock): Diagnostic[] {
  return [...block.attributes].flatMap(([name, { expression }]) => {
    if (!Object.hasOwn(block.spec.attributes, name) || block.spec.attributes[name]!.type !== 'references')
      return [];
    return (expression.asList() ?? [expression]).flatMap((item) => {
      const quoted = item.asLiteral();
      if (quoted === undefined) return [];
      return [
        {
          severity: 'error' as const,
          code: 'flock/quoted-reference',
          summary: 'Reference in quotes',
          detail: `${name} takes references, written without quotes: ${quoted}.`,
          subject: item.range,
        },
      ];
    });
  });
}

function selfReference({ key, range }: BlockReference): Diagnostic {
  return {
    severity: 'error',
    code: 'flock/self-reference',
    summary: 'Reference to itself',
    detail: `${key} cannot wait for itself. Put what its attributes share into a local.`,
    subject: range,
  };
}

function repetitionOutside(name: 'each' | 'count', range: SourceRange): Diagnostic {
  return {
    severity: 'error',
    code: 'flock/repetition',
    summary: `No ${name} here`,
    detail: `"${name}" exists only in attributes of a block with ${name === 'each' ? 'for_each' : 'count'}.`,
    subject: range,
  };
}

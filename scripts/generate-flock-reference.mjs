// docs/flock-reference.md and docs/flock-schema.json from the table that also validates flock configs: this script writes them,
// check-docs.mjs compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';
import prettier from 'prettier';

const table = 'libs/compilation/domain/schema/flock-schema.ts';

/** The table as it stands in the source, so that no build is needed first: it imports types alone. */
async function flockSchema() {
  const { code } = transformSync(readFileSync(table, 'utf8'), {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'es6' },
  });
  const module = await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
  return module.flockSchema;
}

const types = {
  string: 'string',
  number: 'number',
  bool: 'true or false',
  strings: 'list of strings, or one string',
  map: 'object',
  any: 'any value',
  references: 'references',
  region: 'region',
};
const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const quoted = (value) => `\`${JSON.stringify(value)}\``;

function attributeTable(attributes) {
  const rows = Object.entries(attributes).map(([name, spec]) => {
    const type = spec.oneOf ? spec.oneOf.map(quoted).join(' or ') : types[spec.type];
    const otherwise = spec.required ? '**required**' : 'default' in spec ? quoted(spec.default) : '';
    return `| \`${name}\` | ${type} | ${otherwise} | ${spec.compileTime ? 'yes' : ''} | ${cell(spec.doc)} |`;
  });
  return rows.length === 0
    ? []
    : [
        [
          '| attribute | type | default | known at compile time | |',
          '| --- | --- | --- | --- | --- |',
          ...rows,
        ].join('\n'),
      ];
}

const nested = `## Nested blocks

Nested blocks of a type that the schema does not name become a list of objects: \`disk { size = 1 }\` is \`disk = [{ size = 1 }]\`. Labels become keys: \`disk "boot" { size = 1 }\` is \`disk = { boot = [{ size = 1 }] }\`, and all blocks of one type have the same number of them.

In a \`resource\`, a \`dynamic\` block makes one block of its type for each element of a collection, at any depth:

\`\`\`hcl
dynamic "disk" {
  for_each = { boot = 20, data = 500 }
  iterator = d # by default the type: disk.key, disk.value
  labels   = [d.key]
  content {
    size = d.value
  }
}
\`\`\`

An iterator has \`key\` (of a list the index, of a set the element) and \`value\`. What \`for_each\` and \`labels\` refer to is a dependency like that of any attribute. Where \`for_each\` is known only after a run, so are all blocks of the type; labels must be known at compile time. Of an empty collection nothing is made: the resource is as if the type were not written, and a reference to it is an empty list. \`lifecycle\` and \`break_cycle\` cannot be made so; \`probe\` and \`health\` can, once.

In the JSON syntax: \`"dynamic": { "disk": { "for_each": …, "content": { … } } }\`.`;

const openNote = 'Further attributes are taken as they are written.';
const stages = {
  targets: 'Compiled once for all region data, to find the execution targets.',
  resources: 'Compiled for each execution target.',
  both: 'Holds for targets and resources alike.',
};

function section(spec) {
  const title = spec.type ? `${spec.keyword} "${spec.type}"` : spec.keyword;
  return [
    `## ${title}`,
    `${spec.doc} ${stages[spec.stage]}`,
    ['```hcl', spec.example, '```'].join('\n'),
    ...attributeTable(spec.attributes),
    ...(spec.open ? [`${openNote} So are nested blocks that are not named here.`] : []),
    ...Object.entries(spec.blocks ?? {}).flatMap(([name, block]) => [
      `### ${name} (in ${title})`,
      block.doc,
      ...attributeTable(block.attributes),
      ...(block.open ? [openNote] : []),
    ]),
  ];
}

/** In the JSON syntax a string may be a template, of which only evaluation tells what it gives. */
const template = { type: 'string', pattern: '[$%]\\{' };
const jsonTypes = {
  string: { type: ['string', 'number', 'boolean'] },
  number: { anyOf: [{ type: 'number' }, { type: 'string', pattern: '^\\d+$' }, template] },
  bool: { anyOf: [{ type: 'boolean' }, { enum: ['true', 'false'] }, template] },
  strings: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
  map: { anyOf: [{ type: 'object' }, template] },
  any: {},
  references: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
  region: { type: ['string', 'object'] },
};

function valueSchema(spec) {
  const value = spec.oneOf ? { anyOf: [{ enum: spec.oneOf }, template] } : jsonTypes[spec.type];
  return {
    description: spec.doc,
    ...('default' in spec && { default: spec.default }),
    ...(spec.required ? value : { anyOf: [value, { type: 'null' }] }),
  };
}

const oneOrMore = (schema) => ({ anyOf: [schema, { type: 'array', items: schema }] });
const labelled = (schema) => ({ type: 'object', additionalProperties: oneOrMore(schema) });
const mapEntries = (object, of) => Object.fromEntries(Object.entries(object).map(([k, v]) => [k, of(v)]));

const dynamicBlock = {
  description: 'Makes one block for each element of a collection.',
  type: 'object',
  properties: {
    '//': { description: 'A comment.' },
    for_each: { description: 'The collection.' },
    iterator: { type: 'string', description: "Name for the element; by default the block's type." },
    labels: { type: 'array', description: 'Labels of each block.' },
    content: oneOrMore({ type: 'object', description: 'What is in each block.' }),
  },
  required: ['for_each', 'content'],
  additionalProperties: false,
};

function bodySchema(spec) {
  const required = Object.keys(spec.attributes).filter((name) => spec.attributes[name].required);
  return {
    description: spec.doc,
    type: 'object',
    properties: {
      '//': { description: 'A comment.' },
      ...mapEntries(spec.attributes, valueSchema),
      ...mapEntries(spec.blocks ?? {}, (block) => oneOrMore(bodySchema(block))),
      ...(spec.keyword === 'resource' &&
        (spec.open || spec.blocks) && { dynamic: { $ref: '#/definitions/dynamic' } }),
    },
    ...(required.length > 0 && { required }),
    ...(spec.open !== true && { additionalProperties: false }),
  };
}

function jsonSchema(specs) {
  const properties = { '//': { description: 'A comment.' }, locals: oneOrMore({ type: 'object' }) };
  for (const spec of specs) {
    if (spec.type === undefined) {
      const body = bodySchema(spec);
      properties[spec.keyword] = spec.labels.length > 0 ? labelled(body) : oneOrMore(body);
    } else {
      properties[spec.keyword] ??= { type: 'object', properties: {}, additionalProperties: false };
      properties[spec.keyword].properties[spec.type] = labelled(bodySchema(spec));
    }
  }
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Flock config',
    description: "A flock config in HCL's JSON syntax.",
    type: 'object',
    properties,
    additionalProperties: false,
    definitions: { dynamic: labelled(dynamicBlock) },
  };
}

/** { path: text } of both files as they must stand in docs/. */
export async function flockReference() {
  const specs = await flockSchema();
  const page = [
    `<!-- Generated from ${table} by scripts/generate-flock-reference.mjs; do not edit. -->`,
    '# Flock reference',
    'Every block of a flock config. What an attribute leaves open is its default, or null. `references` are addresses written without quotes, such as `[infrastructure_component.server]`; a `region` is one of its names, or an entry of `local.all_regions`. Attributes known at compile time decide what there is, or where, and cannot depend on outputs. A `locals` block holds values to share, which are `local.NAME`. [flock-schema.json](flock-schema.json) says the same as a JSON Schema, for files in HCL\'s JSON syntax (`*.hcl.json`), which may stand beside native ones (`*.hcl`): there labels are keys, strings are templates (`"${local.region.name}"`), references are strings (`["infrastructure_component.server"]`), and a nested block that is not named here is a list of objects.',
    nested,
    ...specs.flatMap(section),
  ].join('\n\n');
  const format = async (path, text, parser) =>
    prettier.format(text, { ...(await prettier.resolveConfig(path)), parser });
  return {
    'docs/flock-reference.md': await format('docs/flock-reference.md', page, 'markdown'),
    'docs/flock-schema.json': await format(
      'docs/flock-schema.json',
      JSON.stringify(jsonSchema(specs)),
      'json',
    ),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const [path, text] of Object.entries(await flockReference())) {
    writeFileSync(path, text);
    console.log(`${path} written`);
  }

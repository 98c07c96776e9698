// docs/events.md from eventstore/catalogue: `node scripts/generate-events-doc.mjs` writes it, check-docs.mjs compares.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';

const names = (folder) => readdirSync(folder, { withFileTypes: true });

/** JSON Schema of a member as few words: `string`, `"a" | "b"`, `string[]`, `{ … }`. */
function typeOf(schema) {
  if (schema === true || schema === undefined) return 'any JSON';
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((v) => JSON.stringify(v)).join(' or ');
  const alternatives = schema.oneOf ?? schema.anyOf;
  if (alternatives) return alternatives.map(typeOf).join(' or ');
  if (Array.isArray(schema.type)) return schema.type.join(' or ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items)}`;
  if (schema.type === 'object' && schema.properties)
    return `{ ${Object.entries(schema.properties)
      .map(([k, v]) => `${k}: ${typeOf(v)}`)
      .join(', ')} }`;
  return schema.type ?? 'any JSON';
}

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function section({ type, version, stream, description, schema, example }) {
  const required = new Set(schema.required ?? []);
  const rows = Object.entries(schema.properties ?? {}).map(
    ([name, member]) =>
      `| \`${name}\`${required.has(name) ? '' : ' (may be absent)'} | ${cell(typeOf(member))} | ${cell(member.description ?? '')} |`,
  );
  return [
    `### ${type}`,
    description,
    `Stream: \`${stream}\`. Version ${version}.`,
    rows.length > 0 ? ['| member | type | |', '|---|---|---|', ...rows].join('\n') : 'No data.',
    ['```json', JSON.stringify(example, null, 2), '```'].join('\n'),
  ].join('\n\n');
}

/** The whole page as it must stand in docs/events.md. */
export async function eventsPage(catalogue = 'eventstore/catalogue') {
  const contexts = names(catalogue)
    .filter((e) => e.isDirectory())
    .map((e) => e.name)
    .sort();
  const parts = contexts.map((context) => {
    const entries = readdirSync(`${catalogue}/${context}`)
      .filter((file) => file.endsWith('.json'))
      .sort()
      .map((file) => JSON.parse(readFileSync(`${catalogue}/${context}/${file}`, 'utf8')));
    return [`## ${context}`, ...entries.map(section)].join('\n\n');
  });
  const text = [
    '<!-- Generated from eventstore/catalogue by scripts/generate-events-doc.mjs; do not edit. -->',
    '# Events',
    'Every type of event that CIOS writes, by context: the stream that it stands in, its data, and one example. Metadata, hash chain and limits are in [architecture.md](architecture.md#events).',
    ...parts,
  ].join('\n\n');
  const config = await prettier.resolveConfig('docs/events.md');
  return prettier.format(text, { ...config, parser: 'markdown' });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync('docs/events.md', await eventsPage());
  console.log('docs/events.md written');
}

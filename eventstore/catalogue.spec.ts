import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

interface CatalogueEntry {
  readonly type: string;
  readonly context: string;
  readonly stream: string;
  readonly description: string;
  readonly schema: Record<string, unknown>;
  readonly example: unknown;
}

const here = dirname(fileURLToPath(import.meta.url));
const libs = join(here, '..', 'libs');

const entries = readdirSync(join(here, 'catalogue'), { withFileTypes: true })
  .filter((folder) => folder.isDirectory())
  .flatMap((folder) =>
    readdirSync(join(here, 'catalogue', folder.name))
      .filter((file) => file.endsWith('.json'))
      .map((file) => ({
        folder: folder.name,
        file,
        entry: JSON.parse(readFileSync(join(here, 'catalogue', folder.name, file), 'utf8')) as CatalogueEntry,
      })),
  );

const contexts = readdirSync(libs, { withFileTypes: true })
  .filter((lib) => lib.isDirectory())
  .filter((lib) => readdirSync(join(libs, lib.name)).includes('contract'))
  .map((lib) => lib.name);

/** Every event type that a context writes, by its own account; null where it gives none. */
async function typesOf(context: string): Promise<readonly string[] | null> {
  const url = pathToFileURL(join(libs, context, 'contract', 'index.ts')).href;
  const contract = (await import(url)) as { readonly eventTypes?: readonly string[] };
  return contract.eventTypes ?? null;
}

/** Types of all `DomainEvent<'…'>` in a folder: what `eventTypes` must be equal to, whatever its author remembered. */
function declaredIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && /(?<![.]spec)[.]ts$/.test(file.name))
    .flatMap((file) => [
      ...readFileSync(join(file.parentPath, file.name), 'utf8').matchAll(/\bDomainEvent<\s*'([^']+)'/g),
    ])
    .map(([, type]) => type ?? '');
}

describe('the event catalogue', () => {
  it('has entries', () => {
    expect(entries.length).toBeGreaterThan(0);
  });

  it.each(entries.map(({ folder, file, entry }) => [`${folder}/${file}`, folder, file, entry] as const))(
    '%s is well formed and its example is valid',
    (_, folder, file, entry) => {
      expect(Object.keys(entry)).toEqual(['type', 'context', 'stream', 'description', 'schema', 'example']);
      expect(entry.type).toBe(basename(file, '.json'));
      expect(entry.context).toBe(folder);
      expect(entry.stream).not.toBe('');
      expect(entry.description).not.toBe('');
      const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
      (formats as unknown as (ajv: Ajv2020) => void)(ajv);
      const validate = ajv.compile(entry.schema);
      validate(entry.example);
      expect(validate.errors ?? []).toEqual([]);
    },
  );

  it.each(contexts)('lists exactly the event types that %s declares and exports', async (context) => {
    const declared = [...new Set(declaredIn(join(libs, context)))].sort();
    const listed = entries
      .filter(({ folder }) => folder === context)
      .map(({ entry }) => entry.type)
      .sort();
    expect({ context, catalogue: listed }).toEqual({ context, catalogue: declared });
    expect([...((await typesOf(context)) ?? [])].sort()).toEqual(declared);
  });

  it('has no entry of a context that does not exist', () => {
    expect([...new Set(entries.map(({ folder }) => folder))].filter((f) => !contexts.includes(f))).toEqual(
      [],
    );
  });
});

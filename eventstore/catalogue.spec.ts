import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

interface CatalogueEntry {
  readonly type: string;
  /** Of the shape of its data: 1, or what stands behind the dot of `type`. */
  readonly version: number;
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

/** Types of all `DomainEvent<'…'>` in a folder: what `eventTypes` must be equal to, whatever its author remembered. */
function declaredIn(folder: string): string[] {
  const types = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && /(?<![.](?:spec|contract|tmp))[.]ts$/.test(file.name))
    .filter((file) => !/[\\/]testing([\\/]|$)/.test(file.parentPath))
    .flatMap((file) => [
      ...readFileSync(join(file.parentPath, file.name), 'utf8').matchAll(/\bDomainEvent<\s*'([^']+)'/g),
    ])
    .map(([, type]) => type ?? '');
  return [...new Set(types)].sort();
}

const declared = new Map(
  readdirSync(libs)
    .map((lib) => [lib, declaredIn(join(libs, lib))] as const)
    .filter(([, types]) => types.length > 0),
);

/** Every event type that a context writes, by its own account: `eventTypes` of its contract. */
async function exportedBy(context: string): Promise<readonly string[]> {
  const folder = join(libs, context);
  const contract = existsSync(join(folder, 'contract')) ? join(folder, 'contract') : folder;
  const module = (await import(pathToFileURL(join(contract, 'index.ts')).href)) as {
    readonly eventTypes?: readonly string[];
  };
  return [...(module.eventTypes ?? [])].sort();
}

describe('the event catalogue', () => {
  it('has entries', () => {
    expect(entries.length).toBeGreaterThan(0);
  });

  it.each(entries.map(({ folder, file, entry }) => [`${folder}/${file}`, folder, file, entry] as const))(
    '%s is well formed and its example is valid',
    (_, folder, file, entry) => {
      expect(Object.keys(entry)).toEqual([
        'type',
        'version',
        'context',
        'stream',
        'description',
        'schema',
        'example',
      ]);
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

  it.each([...declared])(
    'lists exactly the event types that %s declares and exports',
    async (context, types) => {
      const catalogue = entries
        .filter(({ folder }) => folder === context)
        .map(({ entry }) => entry.type)
        .sort();
      expect({ catalogue, eventTypes: await exportedBy(context) }).toEqual({
        catalogue: types,
        eventTypes: types,
      });
    },
  );

  it('has no entry of a context that writes no events', () => {
    const folders = new Set(entries.map(({ folder }) => folder));
    expect([...folders].filter((folder) => !declared.has(folder))).toEqual([]);
  });
});

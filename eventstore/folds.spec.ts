import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { upcasters } from '#libs/installation';
import { type Decider, type DomainEvent, type Projection, type RecordedEvent } from '#libs/kernel';

type Fold = Decider<never, unknown, DomainEvent>;

interface Entry {
  readonly type: string;
  readonly version: number;
  readonly context: string;
  readonly stream: string;
  readonly example: unknown;
}

const here = dirname(fileURLToPath(import.meta.url));
const libs = join(here, '..', 'libs');
const contexts = readdirSync(join(here, 'catalogue'));
const entries = contexts.flatMap((context) =>
  readdirSync(join(here, 'catalogue', context)).map(
    (file) => JSON.parse(readFileSync(join(here, 'catalogue', context, file), 'utf8')) as Entry,
  ),
);

/** What the modules in the folders of this name export, in all contexts. */
async function exported(
  folder: string,
): Promise<readonly { readonly lib: string; readonly value: object }[]> {
  const found = new Map<object, string>();
  for (const lib of readdirSync(libs)) {
    const path = join(libs, lib, folder);
    if (!existsSync(path)) continue;
    for (const file of readdirSync(path)) {
      if (!/^[a-z0-9-]+[.]ts$/.test(file)) continue;
      const module = (await import(pathToFileURL(join(path, file)).href)) as Record<string, unknown>;
      for (const value of Object.values(module))
        if (typeof value === 'object' && value !== null) found.set(value, lib);
    }
  }
  return [...found].map(([value, lib]) => ({ lib, value }));
}

const projections = (await exported('projections')).flatMap(({ value }) =>
  'apply' in value ? [value as Projection<object>] : [],
);
const deciders = (await exported('domain')).flatMap(({ lib, value }) => {
  const decider = 'decider' in value ? value.decider : value;
  return typeof decider === 'object' && decider !== null && 'evolve' in decider
    ? [{ lib, decider: decider as Fold }]
    : [];
});

function recorded({ type, stream, example }: Entry): RecordedEvent {
  const metadata = {
    occurredAt: '2026-01-01T00:00:00.000Z',
    actor: 'user-1',
    commandId: 'command-1',
    correlationId: 'command-1',
    dataDigest: '0'.repeat(64),
    hash: '1'.repeat(64),
    previousHash: '0'.repeat(64),
  };
  const place = { stream, revision: 0n, position: 0n, recordedAt: metadata.occurredAt };
  return { id: '0b6f1c52-7d3e-8a41-9c07-5e2d84b1f3a6', type, ...place, data: example, salt: 's', metadata };
}

/** Read by the auditor alone, as they stand in the log. */
const FOR_AUDITORS = ['EventRedacted', 'LogSealed'];

describe('the event catalogue, folded', () => {
  it('has every version up to the newest of a type, and an upcaster from each older one', () => {
    const newest = new Map<string, number>();
    for (const { type, version } of entries) {
      const name = nameOf(type);
      newest.set(name, Math.max(version, newest.get(name) ?? 0));
    }
    for (const [name, last] of newest) {
      const types = entries.filter(({ type }) => nameOf(type) === name);
      expect(types.map(({ version }) => version).sort((a, b) => a - b)).toEqual(
        Array.from({ length: last }, (_, i) => i + 1),
      );
    }
    const old = entries.filter(({ type, version }) => version < newest.get(nameOf(type))!);
    expect([...upcasters.types].sort()).toEqual(old.map(({ type }) => type).sort());
    for (const { type, version } of entries) expect(type).toBe(typeOf(nameOf(type), version));
  });

  it.each(entries.map((entry) => [entry.type, entry] as const))('%s upcasts and folds', (_, entry) => {
    const event = upcasters.upcast(recorded(entry));
    expect(nameOf(event.type)).toBe(nameOf(entry.type));
    // Some events say something only after another one of their context.
    const before = entries.filter(({ context }) => context === entry.context).map(recorded);
    const states = deciders
      .filter(({ lib }) => lib === entry.context)
      .flatMap(({ decider }) =>
        [undefined, ...before]
          .map(
            (other) => (other && decider.evolve(decider.initial, upcasters.upcast(other))) ?? decider.initial,
          )
          .map((state) => ({ state, next: decider.evolve(state, event) }))
          .filter(({ state, next }) => next !== undefined && next !== state),
      );
    const rows = projections.flatMap((projection) =>
      projection.types.includes(event.type)
        ? projection.keys(event).map((key) => projection.apply(null, event, key))
        : [],
    );
    if (!FOR_AUDITORS.includes(event.type)) expect(states.length + rows.length).toBeGreaterThan(0);
  });
});

/** `RegionAdded` is version 1, `RegionAdded.2` version 2. */
function typeOf(name: string, version: number): string {
  return version === 1 ? name : `${name}.${version}`;
}

function nameOf(type: string): string {
  return type.replace(/\.\d+$/, '');
}

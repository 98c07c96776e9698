import {
  type CapabilityNeed,
  type CompiledRegion,
  type CompiledResource,
  type CompiledResources,
} from '#libs/compilation/contract';
import { digestOf, type Json, type SourceRange } from '#libs/kernel';

/** A resource in few words. */
export interface ResourceSpec {
  /** Addresses in the same flock and target that it waits for. */
  readonly after?: readonly string[];
  /** `name`, `vibe/name`, `target/name` or `host/name`. */
  readonly needs?: readonly string[];
  /** `from` (an address, or `capability:<name>`) → path of the outputs that it reads; it also waits for them. */
  readonly reads?: Readonly<Record<string, string>>;
  /** Name of the capability that it publishes. */
  readonly publishes?: string;
  /** Content beside what is said here: another value is another digest. */
  readonly value?: Json;
  /** Outputs when it is carried out. */
  readonly gives?: Readonly<Record<string, Json>>;
}

export interface FlockSpec {
  readonly flock: string;
  readonly environment?: 'vibe' | 'target';
  /** Default `ad1`. */
  readonly target?: string;
  /** By address. */
  readonly resources: Readonly<Record<string, ResourceSpec>>;
  /** It has an error: its last good result is what stands here. */
  readonly broken?: boolean;
}

const range: SourceRange = {
  filename: 'flock.hcl',
  start: { line: 1, column: 1, byte: 0 },
  end: { line: 1, column: 2, byte: 1 },
};

/**
 * A flock whose resources go by bare names: a name with `publishes` is a `capability`, one with a dot an address as it is, any other an
 * `infrastructure_component`.
 */
export function flock(
  name: string,
  resources: Readonly<Record<string, ResourceSpec>>,
  more: Omit<FlockSpec, 'flock' | 'resources'> = {},
): FlockSpec {
  const address = (bare: string): string =>
    bare.includes('.') || bare.includes(':')
      ? bare
      : `${resources[bare]?.publishes === undefined ? 'infrastructure_component' : 'capability'}.${bare}`;
  return {
    flock: name,
    ...more,
    resources: Object.fromEntries(
      Object.entries(resources).map(([bare, spec]) => [
        address(bare),
        {
          ...spec,
          after: (spec.after ?? []).map(address),
          reads: Object.fromEntries(
            Object.entries(spec.reads ?? {}).map(([from, path]) => [address(from), path]),
          ),
        },
      ]),
    ),
  };
}

/** What compilation would give for these flocks, one target for each spec. */
export function compiledRegion(
  region: string,
  regionData: string,
  specs: readonly FlockSpec[],
): CompiledRegion {
  const byFlock = new Map<string, FlockSpec[]>();
  for (const spec of specs) byFlock.set(spec.flock, [...(byFlock.get(spec.flock) ?? []), spec]);
  const flocks = [...byFlock].map(([flock, of]) => compiledFlock(region, flock, of));
  return { region, regionData, flocks, digest: digestOf(flocks) };
}

function compiledFlock(region: string, flock: string, specs: readonly FlockSpec[]): CompiledResources {
  const settings = {
    name: flock,
    owners: [`${flock}-team`],
    notify: [],
    service: flock,
    executor: 'simulated',
    rollback: 'none',
  } as const;
  const targets = specs.map(({ environment = 'target', target = 'ad1', resources }) => ({
    target: {
      name: target,
      region,
      environment,
      phase: null,
      place: null,
      availabilityDomain: null,
      attributes: {},
      address: 'execution_target.all[0]',
      range,
    },
    resources: Object.entries(resources).map(([address, spec]) => compiledResource(address, spec)),
  }));
  const diagnostics = specs.some((s) => s.broken)
    ? [{ severity: 'error' as const, code: 'hcl/broken', summary: 'broken', detail: 'mend it' }]
    : [];
  const content = { flock, version: '1', region, settings, phases: [], targets, reads: [], diagnostics };
  return { ...content, digest: digestOf(content) };
}

function compiledResource(address: string, spec: ResourceSpec): CompiledResource {
  const { after = [], needs = [], reads = {}, publishes, value = null, gives = {} } = spec;
  const attributes: Readonly<Record<string, Json>> =
    publishes === undefined ? { value, gives } : { value, outputs: gives };
  return {
    address,
    type: publishes === undefined ? (address.split('.')[0] as CompiledResource['type']) : 'capability',
    executor: 'simulated',
    attributes,
    dependsOn: [...after, ...Object.keys(reads).filter((from) => !from.startsWith('capability:'))].map(
      (dependency) => ({ address: dependency, kind: 'depends_on', range }),
    ),
    outputsRead: Object.entries(reads).map(([from, path]) => ({ from, path })),
    needs: needs.map(need),
    publishes: publishes === undefined ? null : { name: publishes, partial: false, probe: null },
    breakCycle: null,
    artifact: null,
    lifecycle: { preventDestroy: false, ignoreChanges: [] },
    range,
    digest: digestOf([address, attributes]),
  };
}

function need(text: string): CapabilityNeed {
  const slash = text.indexOf('/');
  const environment = slash === -1 ? null : text.slice(0, slash);
  return {
    name: text.slice(slash + 1),
    region: null,
    environment: environment as CapabilityNeed['environment'],
    range,
  };
}

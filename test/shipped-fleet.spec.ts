import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { isOperation, releases } from '#libs/build-graph';
import { planRegion } from '../libs/builds/domain/plan-region.js';
import { compileOffline, type OfflineFlock } from '#libs/compilation/offline';
import { parseRegionData } from '#libs/region-data/document';
import { discoverFlocks } from '#libs/flocks/discovery';
import { type RegionDataDocument } from '#libs/region-data/contract';

const examples = join(dirname(fileURLToPath(import.meta.url)), '..', 'examples');
interface Generator {
  readonly sizes: Readonly<Record<string, { readonly regions: number; readonly flocks: number }>>;
  readonly generateFleet: (
    size: string,
    seed?: number,
  ) => { readonly regionData: unknown; readonly files: ReadonlyMap<string, string> };
}

const { generateFleet, sizes } = (await import(
  pathToFileURL(join(examples, 'generator', 'generate.mjs')).href
)) as Generator;

const isAdopted = (document: RegionDataDocument, region: string, name: string): boolean => {
  const entry = document.regions.find((r) => r.internal_name === region);
  const listed = document.all_regions.find((r) => r.name === entry?.public_name)?.['capabilities'];
  return Array.isArray(listed) && listed.includes(name);
};

function regionDataOf(file: string): RegionDataDocument {
  const { document, diagnostics } = parseRegionData(readFileSync(file, 'utf8'), file);
  expect(diagnostics).toEqual([]);
  return document!;
}

async function flocksOf(folder: string): Promise<OfflineFlock[]> {
  const { flocks, problems } = await discoverFlocks(folder);
  expect(problems).toEqual([]);
  return flocks.map(({ name, files, artifacts }) => ({
    name,
    files,
    prefix: `${name}/`,
    artifacts: new Map(artifacts.map((a) => [a.name, a.digest])),
  }));
}

const document = regionDataOf(join(examples, 'fleet', 'region-data.json'));
const flocks = await flocksOf(join(examples, 'flocks'));

function planOf(
  region: string,
  regionData: RegionDataDocument = document,
  of: readonly OfflineFlock[] = flocks,
) {
  const compiled = compileOffline({ regionData, flocks: of, region });
  const entry = regionData.regions.find((r) => r.public_name === region)!;
  const host = regionData.vibes.find((v) => v.target_region === region)?.host_region;
  const plan = planRegion({
    actual: compiled.actual!,
    forecast: compiled.forecast!,
    surroundings: {
      hostRegion: regionData.regions.find((r) => r.public_name === host)?.internal_name ?? null,
      isProvided: (r, environment, name) => environment === 'target' && isAdopted(regionData, r, name),
    },
    waitsForVibe: host !== undefined,
  });
  return { compiled, plan, internalName: entry.internal_name };
}

describe('the shipped fleet', () => {
  const { compiled, plan } = planOf('us-seattle-1');
  const operations = plan.united.nodes.filter((node) => isOperation(node));

  it('compiles without a diagnostic', () => {
    expect(compiled.flocks.flatMap((flock) => flock.diagnostics)).toEqual([]);
    expect(compiled.forecast!.flocks.flatMap((flock) => flock.diagnostics)).toEqual([]);
    expect(compiled.flocks.length).toBeGreaterThanOrEqual(30);
  });

  it('brings every artifact that it deploys, and no other', () => {
    for (const { flock, targets } of compiled.forecast!.flocks) {
      const deployed = targets.flatMap((t) => t.resources.flatMap((r) => r.artifact?.name ?? []));
      const brought = flocks.find((f) => f.name === flock)?.artifacts?.keys() ?? [];
      expect({ flock, artifacts: [...new Set(deployed)].sort() }).toEqual({
        flock,
        artifacts: [...brought].sort(),
      });
    }
  });

  it('has at least 200 resources in us-seattle-1, capabilities not counted', () => {
    const resources = compiled.forecast!.flocks.flatMap((f) => f.targets.flatMap((t) => t.resources));
    expect(resources.filter((r) => r.type !== 'capability').length).toBeGreaterThanOrEqual(200);
    expect(operations.length).toBeGreaterThanOrEqual(200);
  });

  it.each(['us-seattle-1', 'us-gov-1'])('can build %s to its end: only interleaving is found', (region) => {
    const { plan } = planOf(region);
    expect(plan.findings.filter((f) => f.kind !== 'several-releases')).toEqual([]);
    expect(plan.findings.flatMap((f) => f.flocks ?? []).sort()).toEqual(['identity', 'key-management']);
  });

  it('gives several releases to the flocks that interleave, and one to each target of the others', () => {
    const rounds = new Map<string, number>();
    for (const { flock, environment, target } of releases(plan.united)) {
      const key = `${environment}/${flock}/${target}`;
      rounds.set(key, (rounds.get(key) ?? 0) + 1);
    }
    expect(rounds.size).toBeGreaterThanOrEqual(30);
    expect(
      [...rounds]
        .filter(([, n]) => n > 1)
        .map(([key]) => key.split('/')[1])
        .sort(),
    ).toEqual(['identity', 'key-management']);
  });

  it('has the ViBE turn the region Building without anything of the region itself', () => {
    const actual = new Set(plan.actual.nodes.map((node) => node.environment));
    expect([...actual]).toEqual(expect.arrayContaining(['vibe']));
    expect(plan.actual.nodes.filter((n) => n.environment === 'target' && n.region === 'sea')).toEqual([]);
  });

  it('is read for dns_suffix by exactly five flocks, which contain it in few resources', () => {
    const edited = {
      ...document,
      all_regions: document.all_regions.map((r) =>
        r.name === 'us-seattle-1' ? { ...r, dns_suffix: 'edited.example' } : r,
      ),
    };
    const digests = (plan: ReturnType<typeof planOf>) =>
      new Map(
        plan.compiled.forecast!.flocks.flatMap((f) =>
          f.targets.flatMap((t) =>
            t.resources.map((r) => [
              `${f.flock} ${t.target.environment} ${t.target.name} ${r.address}`,
              r.digest,
            ]),
          ),
        ),
      );
    const before = digests(planOf('us-seattle-1'));
    const after = digests(planOf('us-seattle-1', edited));
    expect([...after.keys()]).toEqual([...before.keys()]);
    const changed = [...after].filter(([key, digest]) => before.get(key) !== digest).map(([key]) => key);
    expect([...new Set(changed.map((key) => key.split(' ')[0]))].sort()).toEqual([
      'api-gateway',
      'certificate-authority',
      'console',
      'dns',
      'load-balancer',
    ]);
    expect(changed.length).toBeGreaterThanOrEqual(4);
    expect(changed.length).toBeLessThanOrEqual(8);
  });

  it('grows only where a place is added: nothing goes, nothing changes', () => {
    const grown = {
      ...document,
      execution_targets: [
        ...document.execution_targets,
        { name: 'sea-dc-4', region: 'us-seattle-1', availability_domain: 'sea-ad-1' },
      ],
    };
    const ids = (plan: ReturnType<typeof planOf>['plan']) =>
      new Map(plan.united.nodes.map((n) => [n.id, n.digest]));
    const before = ids(plan);
    const after = ids(planOf('us-seattle-1', grown).plan);
    expect([...before].filter(([id, digest]) => after.get(id) !== digest)).toEqual([]);
    expect(after.size).toBeGreaterThan(before.size);
  });

  it('follows the order of FIGS. 2 and 3: ViBE, DNS, CIOS Regional and worker, deployment orchestrator', () => {
    const order = releases(plan.united)
      .filter((r) => r.environment === 'vibe')
      .map((r) => r.flock);
    expect(order).toEqual(['vibe', 'dns', 'cios-regional', 'deployment-orchestrator', 'pki']);
  });
});

describe('the generator', () => {
  it.each(['S', 'M'])('makes a fleet of size %s that compiles, the same each time', (size) => {
    const { regionData, files } = generateFleet(size);
    const { regions, flocks: count } = sizes[size]!;
    const { document, diagnostics } = parseRegionData(JSON.stringify(regionData), 'region-data.json');
    expect(diagnostics).toEqual([]);
    expect(document!.regions.length).toBe(regions);
    expect([...generateFleet(size).files]).toEqual([...files]);
    const byFlock = new Map<string, Map<string, Uint8Array>>();
    for (const [path, text] of files) {
      const [name = '', file = ''] = path.split(/\/(.*)/);
      if (!file.endsWith('.hcl')) continue;
      byFlock.set(name, (byFlock.get(name) ?? new Map<string, Uint8Array>()).set(file, Buffer.from(text)));
    }
    expect(byFlock.size).toBe(count);
    const generated = [...byFlock].map(([name, config]) => ({ name, files: config }));
    const waiting = document!.all_regions.find((r) => r.state === 'none')!.name;
    const plan = planOf(waiting, document!, generated).plan;
    expect(plan.findings.filter((f) => f.severity === 'error')).toEqual([]);
    expect(plan.plan.blockedFlocks).toEqual([]);
  });
});

describe('the starter', () => {
  it('compiles without a diagnostic and has one target once a region is Building', async () => {
    const regionData = regionDataOf(join(examples, 'starter', 'region-data.yaml'));
    const compiled = compileOffline({
      regionData,
      flocks: await flocksOf(join(examples, 'starter', 'flocks')),
      region: 'us-portland-1',
    });
    expect(compiled.flocks.flatMap((flock) => flock.diagnostics)).toEqual([]);
    expect(compiled.forecast!.flocks.flatMap((f) => f.targets.map((t) => t.target.name))).toEqual([
      'us-portland-1',
    ]);
  });
});

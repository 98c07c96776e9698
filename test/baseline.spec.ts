import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type RecordedEvent, Refused } from '#libs/kernel';
import { type Answer, type Client, path } from '../apps/cios/src/cli/client.js';
import { settled } from '../apps/cios/src/cli/settled.js';
import { type BuildRow } from '../apps/cios/src/commands/build/build-row.js';
import { publishFlocks } from '../apps/cios/src/commands/flock/publish-flocks.js';
import { type RegionPlan } from '../apps/cios/src/commands/plan/region-plan.js';
import { ServedInstallation } from './served-installation.js';

const target = `resource "execution_target" "t" {
  for_each = { for r in local.all_regions : r.name => r if r.state == "Building" || r.state == "Production" }
  name     = each.key
  region   = each.key
}`;
/** 3 networks read \`generation\`; a zone reads the first one's outputs; a capability gives the zone's and what is known. */
const flocks: Readonly<Record<string, string>> = {
  net: `flock "net" { owners = ["net@example.com"] }
${target}
resource "infrastructure_component" "network" {
  count      = 3
  kind       = "network"
  generation = local.region.generation
}
resource "infrastructure_component" "zone" {
  kind    = "dns_zone"
  network = infrastructure_component.network[0].outputs.id
}
resource "capability" "dns" {
  name       = "dns"
  outputs    = { suffix = local.region.suffix, zone = infrastructure_component.zone.outputs.id }
  depends_on = [infrastructure_component.zone]
}`,
  app: `flock "app" { owners = ["app@example.com"] }
${target}
data "capability" "dns" { name = "dns" }
resource "infrastructure_component" "vm" {
  kind   = "vm"
  suffix = data.capability.dns.outputs.suffix
  zone   = data.capability.dns.outputs.zone
  size   = local.region.size
}
resource "infrastructure_component" "disk" { kind = "disk" }`,
};
const resources = 6;
const region = 'one';

let served: ServedInstallation;
let folder: string;
let client: Client;
const restart = async () => {
  await served.restart();
  ({ client } = served);
};

beforeEach(async () => {
  served = await ServedInstallation.start('baseline', flocks);
  ({ folder, client } = served);
});
afterEach(() => served.stop());

const adopt = (entry: Readonly<Record<string, unknown>>) =>
  client.post(
    '/v1/region-data/import',
    {
      text: JSON.stringify({
        realms: [{ name: 'earth' }],
        regions: [{ internal_name: 'one', public_name: 'region-one', realm: 'earth' }],
        all_regions: [
          { name: 'region-one', realm: 'earth', generation: 1, size: 's', suffix: 'a.example', ...entry },
        ],
        execution_targets: [{ name: 'dc-1', region: 'region-one', availability_domain: null }],
      }),
    },
    { key: 'import', ticket: 'CHG-1' },
  );
const publish = () =>
  publishFlocks(client, join(folder, 'flocks'), { key: 'publish', set: 'nightly', golden: true });
const plan = () => client.get<RegionPlan & { readonly untouched: number }>(path`/v1/regions/${region}/plan`);
const start = (key: string) =>
  client.post<Answer & { readonly build: string }>(
    path`/v1/regions/${region}/builds`,
    {},
    { key, ticket: 'CHG-2' },
  );
const edit = async (set: Readonly<Record<string, unknown>>) => {
  const { revision } = await client.patch(path`/v1/regions/${region}`, { set }, { ticket: 'CHG-2' });
  await settled(client, revision);
};
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => (error instanceof Refused ? error.refusal.code : error),
  );
const until = async (holds: () => Promise<boolean>): Promise<void> => {
  for (let waited = 0; !(await holds()); waited += 25) {
    if (waited > 20_000) throw new Error('it does not come');
    await sleep(25);
  }
};
const row = (build: string, after = '0') => client.get<BuildRow>(path`/v1/builds/${build}`, { after });
const completed = async ({ build, position }: { readonly build: string; readonly position: string }) => {
  await until(async () => (await row(build, position)).status === 'completed');
  return row(build);
};
const taken = () => until(async () => (await plan()).add === 0);
const events = async (...types: readonly string[]) => {
  const page = { types: types.join(','), limit: 500 };
  return (await client.get<{ readonly items: readonly RecordedEvent[] }>('/v1/events', page)).items;
};
const effects = () => {
  const file = join(folder, 'data', 'world', 'ledger.jsonl');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  return lines
    .map((line) => JSON.parse(line) as { readonly action: string; readonly address: string })
    .map(({ action, address }) => `${action} ${address}`)
    .sort();
};
const networks = [0, 1, 2].map((i) => `update infrastructure_component.network[${i}]`);

describe('a region adopted in Production', () => {
  it('starts from its baseline: an edit changes what reads it, and creates nothing', async () => {
    await adopt({ state: 'Production', baseline: 'nightly@1' });
    expect(await refusal(start('early'))).toBe('build/baseline-pending');
    await publish();
    await taken();
    expect(await plan()).toMatchObject({ add: 0, change: 0, destroy: 0, untouched: resources });

    await edit({ generation: 2 });
    const planned = await plan();
    expect(planned).toMatchObject({ add: 0, change: 3, destroy: 0, untouched: resources - 3 });
    expect(planned.operations.map((o) => [o.action, o.changes])).toEqual(
      networks.map(() => ['update', [{ path: 'generation', from: 1, to: 2 }]]),
    );

    const first = await completed(await start('first'));
    expect(effects()).toEqual(networks);
    expect(first.kind).toBe('update');
    expect(first.graph).toMatchObject({ added: 0, removed: 0, changed: 3 });
    expect((await events('ReleasePlanned', 'BaselineTaken')).map((e) => [e.type, e.data])).toEqual([
      ['BaselineTaken', expect.objectContaining({ region, count: resources + 1 })],
      ['ReleasePlanned', expect.objectContaining({ add: 0, change: 3, destroy: 0 })],
    ]);

    // The zone reads what the first network gives, which is known since: nothing to do.
    expect(await plan()).toMatchObject({ add: 0, change: 0, untouched: resources });
    const again = await completed(await start('again'));
    expect(effects()).toEqual(networks);
    expect(again.graph).toMatchObject({ added: 0, removed: 0, changed: 0 });
  });

  it('updates what reads outputs of the baseline that nobody knows', async () => {
    await publish();
    await adopt({ state: 'Production' });
    expect(await refusal(start('early'))).toBe('build/no-baseline');
    await edit({ baseline: 'nightly@1' });
    await taken();
    await edit({ size: 'm' });
    expect(await plan()).toMatchObject({ add: 0, change: 1, destroy: 0 });
    await completed(await start('size'));
    expect(effects()).toEqual(['update infrastructure_component.vm']);
    await edit({ size: 'l', generation: 2 });
    expect(await plan()).toMatchObject({ add: 0, change: 4, destroy: 0 });
    await completed(await start('both'));
    expect(effects()).toEqual([
      ...networks,
      'update infrastructure_component.vm',
      'update infrastructure_component.vm',
    ]);
    expect(await plan()).toMatchObject({ add: 0, change: 0, untouched: resources });
  });
});

describe('a baseline', () => {
  it('is there after a restart, and a change of what it reads builds the region by itself where it may', async () => {
    await publish();
    await adopt({ state: 'Production', baseline: 'nightly@1' });
    await taken();
    await client.put(path`/v1/regions/${region}/policy`, { autoBuild: true }, { ticket: 'CHG-2' });
    await restart();
    await edit({ generation: 2 });
    await until(async () => effects().length > 0);
    const rows = () => client.all<BuildRow>(path`/v1/regions/${region}/builds`);
    await until(async () => (await rows()).every(({ status }) => status === 'completed'));
    await restart();
    expect(await plan()).toMatchObject({ add: 0, change: 0, untouched: resources });
    expect(effects()).toEqual(networks);
  });

  it('gives the outputs that are known without a run; who reads them follows when they change', async () => {
    await publish();
    await adopt({ state: 'Production', baseline: 'nightly@1', capabilities: ['hardware'] });
    await taken();
    const given = async () =>
      Object.fromEntries(
        (await events('CapabilityBecameAvailable')).map(({ data }) => {
          const { name, outputs } = data as { readonly name: string; readonly outputs: unknown };
          return [name, outputs];
        }),
      );
    await until(async () => 'hardware' in (await given()));
    expect(await given()).toEqual({ dns: { suffix: 'a.example' }, hardware: {} });
    await edit({ suffix: 'b.example' });
    await completed(await start('suffix'));
    expect(effects()).toEqual(['update infrastructure_component.vm']);
    expect((await given())['dns']).toMatchObject({ suffix: 'b.example' });
    expect(await plan()).toMatchObject({ add: 0, change: 0, untouched: resources });
  });
});

describe('a region in none', () => {
  it('has a plan: what its forecast says', async () => {
    await publish();
    await adopt({ state: 'none' });
    expect(await plan()).toMatchObject({ add: resources, change: 0, destroy: 0, untouched: 0, detached: [] });
  });
});

describe('the versions of a build', () => {
  const adoptVersions = (build: string, set: string, revision: number) =>
    refusal(client.post(path`/v1/builds/${build}/adopt`, { set, revision }, { ticket: 'CHG-3' }));

  it('are those of a set that exists, while the build is open', async () => {
    await publish();
    await adopt({ state: 'Building' });
    await client.post(path`/v1/regions/${region}/hold`, { reason: 'power' }, { ticket: 'CHG-2' });
    const opened = await start('first');
    expect(await adoptVersions('nobody-1', 'nightly', 1)).toBe('build/unknown');
    expect(await adoptVersions(opened.build, 'nightly', 9)).toBe('version-set/unknown');
    expect(await adoptVersions(opened.build, 'nightly', 1)).toBeNull();
    expect((await row(opened.build, opened.position)).status).toBe('open');
    await client.post(path`/v1/regions/${region}/unhold`, {}, { ticket: 'CHG-2' });
    await completed(opened);
    expect(effects()).toHaveLength(resources);
    expect(await adoptVersions(opened.build, 'nightly', 1)).toBe('build/over');
  });
});

describe('releases', () => {
  it('are listed by build, by either name of a region, and by status', async () => {
    await publish();
    await adopt({ state: 'Building' });
    const { build } = await completed(await start('first'));
    const of = async (query: Readonly<Record<string, string>>) =>
      (await client.all<{ readonly flock: string }>('/v1/releases', query)).map((r) => r.flock).sort();
    const all = ['app', 'net'];
    await until(async () => (await of({ status: 'completed' })).length === all.length);
    const scopes: readonly Readonly<Record<string, string>>[] = [
      { build },
      { region },
      { region: 'region-one' },
    ];
    for (const within of scopes) {
      expect(await of(within)).toEqual(all);
      expect(await of({ ...within, status: 'completed' })).toEqual(all);
      expect(await of({ ...within, status: 'sent' })).toEqual([]);
    }
    expect(await of({ status: 'completed' })).toEqual(all);
    expect(await refusal(of({ region: 'nowhere' }))).toBe('region/unknown');
  });
});

describe('a region adopted in Building', () => {
  it('has no baseline and is built', async () => {
    await publish();
    await adopt({ state: 'Building' });
    await completed(await start('first'));
    expect(effects()).toHaveLength(resources);
  });
});

import 'reflect-metadata';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryBlobStore } from '#libs/blob-store/adapters/memory';
import { AggregateStore } from '#libs/event-store';
import { MemoryEventStore } from '#libs/event-store/adapters/memory';
import { StoredFlockCatalogue } from '#libs/flocks/catalogue';
import { FlockRequest, type FlockAnswer, type FlockCommand } from '#libs/flocks/contract';
import { FlockHandler } from '#libs/flocks/nest';
import { sha256, type RecordedEvent } from '#libs/kernel';
import { type RegionDataCommand } from '#libs/region-data/contract';
import { regionDataAggregate, StoredRegionDataHistory } from '#libs/region-data/history';
import {
  CompilationRequest,
  type CompilationDetail,
  type CompilationEvent,
  type RegionVersions,
} from '../contract/index.js';
import { CompilationLog, FleetCompilation, StoredSettledCompilation } from '../compiler/index.js';
import { compilationSaga } from '../sagas/index.js';
import { CompilationHandler } from './compilation.handler.js';

const golden: RegionVersions = { target: null, vibe: null };

const flocks: Readonly<Record<string, string>> = {
  dns: `
    resource "execution_target" "t" {
      for_each = { for r in local.all_regions : r.name => r if r.state == "Building" }
      name     = each.key
      region   = each.value
    }
    resource "infrastructure_component" "zone" {
      kind = "dns_zone"
      name = local.region.dns_suffix
    }
    resource "artifact_deployment" "server" {
      artifact   = "server"
      components = [infrastructure_component.zone]
      config     = { id = infrastructure_component.zone.id, ip = infrastructure_component.zone.outputs.ip }
    }
    resource "capability" "dns" {
      name       = "dns"
      depends_on = [artifact_deployment.server]
    }`,
  plain: `
    resource "execution_target" "t" {
      for_each = { for r in local.all_regions : r.name => r if r.state == "Building" }
      name     = each.key
      region   = each.value
    }
    resource "infrastructure_component" "vm" { kind = "vm" }`,
};

describe('compilation', () => {
  let store: MemoryEventStore;
  let blobs: MemoryBlobStore;
  let aggregates: AggregateStore;
  let history: StoredRegionDataHistory;
  let catalogue: StoredFlockCatalogue;
  let compilation: FleetCompilation;
  let handler: CompilationHandler;
  let flockHandler: FlockHandler;
  let settled: StoredSettledCompilation;
  let commands = 0;

  const context = () => ({
    commandId: `c${(commands += 1)}`,
    actor: 'ada',
    occurredAt: '2026-01-01T00:00:00.000Z',
    correlationId: 'x',
    ticket: 'CHG-1',
  });
  const edit = (command: RegionDataCommand) =>
    aggregates.execute(regionDataAggregate, 'region-data', command, context());
  const ask = (command: FlockCommand): Promise<FlockAnswer> =>
    flockHandler.execute(new FlockRequest(command, context()));
  const restart = (): void => {
    compilation = new FleetCompilation(history, catalogue, new CompilationLog(store));
    handler = new CompilationHandler(aggregates, blobs, compilation);
  };
  const events = async (): Promise<RecordedEvent<CompilationEvent>[]> => {
    const found: RecordedEvent<CompilationEvent>[] = [];
    for await (const event of store.readStream('compilation'))
      found.push(event as RecordedEvent<CompilationEvent>);
    return found;
  };
  /** What the saga runner does: fold the log, carry out what is due, until nothing is. */
  const settle = async (): Promise<void> => {
    for (;;) {
      let state = compilationSaga.initial('fleet');
      for await (const event of store.readAll({ types: compilationSaga.types }))
        state = compilationSaga.evolve(state, event as never, new Map());
      const due = [...compilationSaga.due(state)];
      if (due.length === 0) return;
      for (const { command, key } of due)
        await handler.execute(
          new CompilationRequest(command, { ...context(), commandId: `compilation/fleet/${key}` }),
        );
    }
  };
  const publish = async (names: readonly string[] = Object.keys(flocks)): Promise<void> => {
    const versions: Record<string, string> = {};
    for (const name of names) {
      const text = `flock "${name}" {\n  owners = ["${name}@example.com"]\n}\n${flocks[name]!}`;
      const files = [{ path: 'flock.hcl', bytes: Buffer.from(text) }];
      versions[name] = (await ask({ type: 'PublishFlock', flock: name, files })).version!;
    }
    const digest = await blobs.put(Buffer.from('server'));
    const { version } = await ask({
      type: 'PublishArtifact',
      flock: 'dns',
      artifact: 'server',
      digest,
      bytes: 6,
    });
    const artifacts: Record<string, string> = names.includes('dns') ? { 'dns/server': version! } : {};
    const { setRevision } = await ask({
      type: 'ReviseVersionSet',
      set: 'nightly',
      entries: { flocks: versions, artifacts },
    });
    await ask({ type: 'MoveGolden', to: { set: 'nightly', revision: setRevision! } });
  };

  beforeEach(async () => {
    store = new MemoryEventStore();
    blobs = new MemoryBlobStore();
    aggregates = new AggregateStore(store);
    history = new StoredRegionDataHistory(store);
    catalogue = new StoredFlockCatalogue(store, blobs);
    flockHandler = new FlockHandler(aggregates, blobs, catalogue, history);
    settled = new StoredSettledCompilation(store, blobs, history);
    restart();
    await edit({ type: 'AddRealm', realm: 'realm1' });
    await edit({
      type: 'AddRegion',
      region: 'sea',
      public_name: 'us-seattle-1',
      realm: 'realm1',
      attributes: { dns_suffix: 'a.example' },
    });
    await edit({
      type: 'AddRegion',
      region: 'tac',
      public_name: 'us-tacoma-1',
      realm: 'realm1',
      attributes: { dns_suffix: 'b.example' },
    });
  });

  const build = (region: string) =>
    edit({ type: 'ChangeRegionState', region, to: 'Building', cause: { by: 'mfo', build: `${region}-1` } });

  it('covers every revision once, also where nothing changed', async () => {
    await settle();
    await publish();
    await settle();
    await edit({ type: 'EditRegion', region: 'sea', notes: 'checked' });
    await settle();
    const all = await events();
    const regionData = all
      .filter((e) => e.type === 'RegionDataCompiled')
      .map((e) => e.data as { after: string; revision: string });
    expect(regionData.map((d) => [d.after, d.revision])).toEqual([
      ['-1', '2'],
      ['2', '3'],
    ]);
    expect(all.map((e) => [e.type, e.data.flocks, e.data.recompiled])).toEqual([
      ['RegionDataCompiled', 0, []],
      ['VersionsCompiled', 2, ['dns', 'plain']],
      ['RegionDataCompiled', 2, []],
    ]);
  });

  it('compiles what reads an edit, says why, and what stayed', async () => {
    await publish();
    await build('sea');
    await settle();
    const { revision } = await history.current();
    await compilation.region('sea', { regionData: revision, versions: golden, forecast: true });
    const edited = await edit({ type: 'EditRegion', region: 'sea', set: { dns_suffix: 'new.example' } });
    const waiting = settled.settled(edited.revision, 5_000);
    await settle();
    expect(await waiting).toEqual({
      revision: String(edited.revision),
      recompiled: [{ flock: 'dns', reads: ['local.region.dns_suffix'] }],
      unchanged: 1,
    });
    const last = (await events()).at(-1)!.data as Extract<
      CompilationEvent,
      { type: 'RegionDataCompiled' }
    >['data'];
    expect([last.changed, last.regions, last.touched]).toEqual([['dns'], ['sea'], ['sea']]);
    const elsewhere = await edit({ type: 'EditRegion', region: 'tac', set: { dns_suffix: 'x' } });
    await settle();
    expect((await settled.settled(elsewhere.revision))!.recompiled).toEqual([]);
  });

  it('tells of several edits that one compilation covers what each had a part in', async () => {
    await publish();
    await build('sea');
    await settle();
    const { revision } = await history.current();
    await compilation.region('sea', { regionData: revision, versions: golden, forecast: true });
    const first = await edit({ type: 'EditRegion', region: 'sea', set: { read_by_nobody: 1 } });
    const second = await edit({ type: 'EditRegion', region: 'sea', set: { dns_suffix: 'new.example' } });
    await settle();
    expect(await settled.settled(first.revision)).toMatchObject({ recompiled: [], unchanged: 2 });
    expect(await settled.settled(second.revision)).toMatchObject({
      recompiled: [{ flock: 'dns', reads: ['local.region.dns_suffix'] }],
      unchanged: 1,
    });
  });

  it('watches a region no longer once it is removed', async () => {
    await publish();
    await settle();
    const { revision } = await history.current();
    await compilation.region('tac', { regionData: revision, versions: golden, forecast: true });
    const facts = { missingFlocks: [], resources: [] };
    await edit({ type: 'RemoveRegion', region: 'tac', facts });
    await settle();
    const added = { public_name: 'us-tacoma-1', realm: 'realm1', attributes: { dns_suffix: 'c.example' } };
    await edit({ type: 'AddRegion', region: 'tac', ...added });
    await settle();
    const last = (await events()).at(-1)!;
    const { recompiled } = (await blobs.getJson(last.data.detail)) as CompilationDetail;
    expect(recompiled.map((r) => r.region)).toEqual([undefined, undefined]);
  });

  it('goes on after a restart as if there had been none', async () => {
    await publish();
    await build('sea');
    await settle();
    const revision = (await history.current()).revision;
    const before = await compilation.region('sea', { regionData: revision, versions: golden });
    restart();
    expect(await compilation.region('sea', { regionData: revision, versions: golden })).toEqual(before);
    const edited = await edit({ type: 'EditRegion', region: 'sea', set: { dns_suffix: 'new.example' } });
    await settle();
    expect((await settled.settled(edited.revision))!.recompiled.map((r) => r.flock)).toEqual(['dns']);
    expect(
      (await compilation.region('sea', { regionData: edited.revision, versions: golden })).digest,
    ).not.toBe(before.digest);
  });

  it('compiles past revisions as they were, and ahead of what is recorded without losing it', async () => {
    await publish();
    await build('sea');
    await settle();
    const then = (await history.current()).revision;
    const old = await compilation.region('sea', { regionData: then, versions: golden });
    const edited = await edit({ type: 'EditRegion', region: 'sea', set: { dns_suffix: 'new.example' } });
    const ahead = await compilation.region('sea', { regionData: edited.revision, versions: golden });
    expect(ahead.digest).not.toBe(old.digest);
    expect((await compilation.region('sea', { regionData: then, versions: golden })).digest).toBe(old.digest);
    await settle();
    expect((await settled.settled(edited.revision))!.recompiled.map((r) => r.flock)).toEqual(['dns']);
  });

  it('fills in the outputs that a resource waits for, and refuses to guess', async () => {
    await publish();
    await build('sea');
    await settle();
    const regionData = (await history.current()).revision;
    const { flocks: compiled } = await compilation.region('sea', { regionData, versions: golden });
    const dns = compiled.find((f) => f.flock === 'dns')!;
    expect(dns.diagnostics).toEqual([]);
    expect(dns.targets[0]!.resources[1]!.artifact?.digest).toBe(sha256('server'));
    const where = {
      region: 'sea',
      environment: 'target' as const,
      flock: 'dns',
      version: dns.version,
      target: 'us-seattle-1',
      address: 'artifact_deployment.server',
      regionData,
    };
    const outputs = new Map([['infrastructure_component.zone', { id: 'z-1', ip: '10.0.0.1' }]]);
    expect((await compilation.resolve(where, outputs))['config']).toEqual({ id: 'z-1', ip: '10.0.0.1' });
    await expect(compilation.resolve(where, new Map())).rejects.toThrow('infrastructure_component.zone.id');
  });

  it('keeps the last good result over a restart where a flock comes to name a deprecated region', async () => {
    await ask({
      type: 'PublishFlock',
      flock: 'literal',
      version: '1',
      files: [
        {
          path: 'flock.hcl',
          bytes: Buffer.from(
            'flock "literal" {\n owners = ["l"]\n}\nresource "execution_target" "t" {\n name = "t"\n region = "us-tacoma-1"\n}\n',
          ),
        },
      ],
    });
    await ask({ type: 'ReviseVersionSet', set: 's', entries: { flocks: { literal: '1' }, artifacts: {} } });
    await ask({ type: 'MoveGolden', to: { set: 's', revision: 1 } });
    await settle();
    for (const to of ['Building', 'Production', 'Paused', 'Deprecated'] as const) {
      await aggregates.execute(
        regionDataAggregate,
        'region-data',
        {
          type: 'ChangeRegionState',
          region: 'tac',
          to,
          cause: to === 'Building' ? { by: 'mfo', build: 'tac-1' } : { by: 'user' },
          facts: { missingFlocks: [], resources: [] },
        },
        context(),
      );
      await settle();
    }
    const good = await compilation.targets();
    expect(good[0]!.diagnostics.map((d) => d.code)).toEqual(['deprecated-region']);
    expect(good[0]!.targets.map((t) => t.name)).toEqual(['t']);
    restart();
    expect(await compilation.targets()).toEqual(good);
  });
});

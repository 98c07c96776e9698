// The compiler behind its command handler, on the embedded stores: a generated fleet of size M (CIOS_BENCH_SIZE: S, M or L), with as many
// regions watched, forecasts included, as wait to be built. From an edit's acknowledgement to its compilation being in the log, against
// compiling anew just the results that had read what changed, each once, and one durable append. Smaller is better.
import 'reflect-metadata';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { FolderBlobStore } from '#libs/blob-store/adapters/folder';
import {
  CompilationLog,
  compileResources,
  compileTargets,
  fleetOf,
  FleetCompilation,
  flockKey,
  VersionLoader,
} from '#libs/compilation/compiler';
import { CompilationRequest } from '#libs/compilation/contract';
import { CompilationHandler } from '#libs/compilation/nest';
import { AggregateStore } from '#libs/event-store';
import { openEmbeddedEventStore } from '#libs/event-store/adapters/embedded';
import { StoredFlockCatalogue } from '#libs/flocks/catalogue';
import { FlockRequest } from '#libs/flocks/contract';
import { FlockHandler } from '#libs/flocks/nest';
import { forecastOf } from '#libs/region-data/contract';
import { regionDataAggregate, StoredRegionDataHistory } from '#libs/region-data/history';
import { importRegionData } from '#libs/region-data/import';
import { generateFleet, sizes } from '../../examples/generator/generate.mjs';
import { median, quantile, withFolder } from '../support/sample-events.mjs';

const golden = { target: null, vibe: null };
const edits = 40;
const mebi = 1024 * 1024;

const since = (start) => performance.now() - start;

export async function run(report) {
  const size = process.env.CIOS_BENCH_SIZE ?? 'M';
  if (!(size in sizes))
    throw new Error(`CIOS_BENCH_SIZE is ${size}; choose one of ${Object.keys(sizes).join(', ')}`);
  await withFolder(async (folder) => {
    const installation = await Installation.open(folder);
    try {
      await measure(installation, generateFleet(size), size, report);
    } finally {
      await installation.close();
    }
  });
}

async function measure(installation, fleet, size, report) {
  await installation.publish(fleet);
  let start = performance.now();
  await installation.compile({ type: 'CompileVersions', upTo: '0' });
  await installation.compile({ type: 'CompileRegionData', revision: String(await installation.revision()) });
  report({
    metric: `${size}: everything compiled and recorded, parsing included`,
    value: since(start),
    unit: 'ms',
  });
  report({ metric: `${size}: stage 1 of all flocks`, ...(await installation.stageOne()), unit: 'ms' });

  const waiting = fleet.regionData.all_regions.filter((r) => r.state === 'none').map((r) => r.name);
  const internal = (name) => fleet.regionData.regions.find((r) => r.public_name === name).internal_name;
  start = performance.now();
  for (const name of waiting) await installation.watch(internal(name));
  report({
    metric: `${size}: ${waiting.length} regions watched, with forecasts`,
    value: since(start),
    unit: 'ms',
  });

  const watched = (i) => internal(waiting[i % waiting.length]);
  const stable = fleet.regionData.all_regions.filter((r) => r.state === 'Production');
  const steps = {
    'an attribute that few read': (i) => ({
      type: 'EditRegion',
      region: watched(i),
      set: { dns_suffix: `e${i}.example` },
    }),
    'an attribute that all read': (i) => ({ type: 'EditRegion', region: watched(i), set: { code: `E${i}` } }),
    'the state of a region that is not watched': (i) => ({
      type: 'ChangeRegionState',
      region: internal(stable[i >> 1].name),
      to: i % 2 === 0 ? 'Paused' : 'Production',
      cause: { by: 'user' },
      facts: { missingFlocks: [], resources: [] },
    }),
    'the state of a watched region': (i) => ({
      type: 'ChangeRegionState',
      region: watched(i >> 1),
      to: i % 2 === 0 ? 'Building' : 'none',
      cause: i % 2 === 0 ? { by: 'mfo', build: `b${i}` } : { by: 'user' },
      facts: { missingFlocks: [], resources: [] },
    }),
  };
  // What the process takes, with edits that are not timed: later the reference compiles everything a second time.
  for (const what of ['an attribute that few read', 'an attribute that all read'])
    for (const i of [edits + 2, edits + 3]) {
      const { revision } = await installation.edit(steps[what](i));
      await installation.compile({ type: 'CompileRegionData', revision: String(revision) });
    }
  const resident = process.resourceUsage().maxRSS / 1024;
  report({ metric: `${size}: peak resident memory`, value: resident, unit: 'MiB' });
  report({ metric: `${size}: live heap`, value: liveHeap() / mebi, unit: 'MiB' });

  for (const [what, step] of Object.entries(steps)) {
    const taken = [];
    const bars = [];
    let readers = 0;
    let evaluated = 0;
    const rounds = what.startsWith('the state') ? edits / 4 : edits;
    for (let i = 0; i < rounds + 2; i++) {
      start = performance.now();
      const { revision } = await installation.edit(step(i));
      const append = since(start);
      start = performance.now();
      await installation.compile({ type: 'CompileRegionData', revision: String(revision) });
      const time = since(start);
      const rows = await installation.lastRecompiled();
      const anew = await installation.readersAnew(rows, revision);
      if (i < 2) continue;
      taken.push(time);
      bars.push(anew + append);
      evaluated = rows.length;
      readers = rows.filter((r) => r.reads.length > 0).length;
    }
    for (const [name, q] of [
      ['p50', 0.5],
      ['p95', 0.95],
    ]) {
      const value = quantile(taken, q);
      const reference = quantile(bars, q);
      report({
        metric: `${size}: ${what}, ${name}, ${readers} results read it, ${evaluated} evaluated`,
        value,
        unit: 'ms',
        reference,
        ratio: value / reference,
      });
    }
  }
}

function liveHeap() {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}

/** What the commands of region data, flocks and compilation need, and nothing else. */
class Installation {
  #commands = 0;

  static async open(folder) {
    const self = new Installation();
    self.store = await openEmbeddedEventStore({ folder: join(folder, 'events') });
    self.blobs = await FolderBlobStore.open(join(folder, 'blobs'));
    self.aggregates = new AggregateStore(self.store);
    self.history = new StoredRegionDataHistory(self.store);
    self.catalogue = new StoredFlockCatalogue(self.store, self.blobs);
    self.flocks = new FlockHandler(self.aggregates, self.blobs, self.catalogue, self.history);
    self.compilation = new FleetCompilation(self.history, self.catalogue, new CompilationLog(self.store));
    self.handler = new CompilationHandler(self.aggregates, self.blobs, self.compilation);
    self.versions = new VersionLoader(self.catalogue);
    return self;
  }

  close() {
    return this.store.close();
  }

  context() {
    const commandId = `c${(this.#commands += 1)}`;
    return {
      commandId,
      actor: 'bench',
      occurredAt: new Date().toISOString(),
      correlationId: commandId,
      ticket: 'CHG-1',
    };
  }

  ask(command) {
    return this.flocks.execute(new FlockRequest(command, this.context()));
  }

  async publish({ regionData, files }) {
    const text = JSON.stringify(regionData);
    await importRegionData(this.aggregates, { text, filename: 'fleet.json', mayAdopt: true }, this.context());
    const byFlock = new Map();
    for (const [path, content] of files) {
      const [flock, ...rest] = path.split('/');
      byFlock.set(flock, [
        ...(byFlock.get(flock) ?? []),
        { path: rest.join('/'), bytes: Buffer.from(content) },
      ]);
    }
    const entries = { flocks: {}, artifacts: {} };
    await Promise.all(
      [...byFlock].map(async ([flock, all]) => {
        const configs = all.filter((f) => f.path.endsWith('.hcl'));
        entries.flocks[flock] = (await this.ask({ type: 'PublishFlock', flock, files: configs })).version;
        const { bytes } = all.find((f) => f.path === 'artifacts/service');
        const digest = await this.blobs.put(bytes);
        const artifact = { flock, artifact: 'service', digest, bytes: bytes.byteLength };
        entries.artifacts[`${flock}/service`] = (
          await this.ask({ type: 'PublishArtifact', ...artifact })
        ).version;
      }),
    );
    const { setRevision } = await this.ask({ type: 'ReviseVersionSet', set: 'bench', entries });
    await this.ask({ type: 'MoveGolden', to: { set: 'bench', revision: setRevision } });
  }

  async revision() {
    return (await this.history.current()).revision;
  }

  edit(command) {
    return this.aggregates.execute(regionDataAggregate, 'region-data', command, this.context());
  }

  compile(command) {
    return this.handler.execute(new CompilationRequest(command, this.context()));
  }

  async watch(region) {
    return this.compilation.region(region, {
      regionData: await this.revision(),
      versions: golden,
      forecast: true,
    });
  }

  async lastRecompiled() {
    for await (const event of this.store.readStream('compilation', { direction: 'backwards' }))
      return (await this.blobs.getJson(event.data.detail)).recompiled;
  }

  async stageOne() {
    const { flocks } = await this.versions.load(await this.catalogue.selection());
    const fleet = fleetOf((await this.history.current()).document);
    const times = [];
    for (let i = 0; i < 5; i++) {
      const start = performance.now();
      for (const use of flocks.values()) compileTargets(use.parsed, use.version, fleet);
      times.push(since(start));
    }
    return { value: median(times) };
  }

  /** Milliseconds to evaluate anew, each once and sharing nothing, the results that had read what changed. */
  async readersAnew(rows, revision) {
    const { document } = await this.history.at({ revision });
    const loaded = await this.versions.load(await this.catalogue.selection());
    const actual = fleetOf(document);
    const forecasts = new Map();
    const results = new Map();
    for (const { region } of rows)
      if (region !== undefined && !forecasts.has(region)) {
        forecasts.set(region, fleetOf(forecastOf(document, region)));
        for (const forecast of [false, true])
          for (const result of (
            await this.compilation.region(region, { regionData: revision, versions: golden, forecast })
          ).flocks) {
            const key = `${region} ${result.flock}`;
            results.set(key, [
              ...(results.get(key) ?? []),
              { result, fleet: forecast ? forecasts.get(region) : actual },
            ]);
          }
      }
    let time = 0;
    for (const { flock, version, stage, region, reads } of rows) {
      if (reads.length === 0) continue;
      const { parsed } = loaded.flocks.get(flockKey(flock, version));
      if (stage === 'targets') {
        const fleet = region === undefined ? actual : forecasts.get(region);
        const start = performance.now();
        compileTargets(parsed, version, fleet);
        time += since(start);
        continue;
      }
      const found = results.get(`${region} ${flock}`)?.shift();
      if (found === undefined) continue;
      const artifacts = (artifact, environment) => {
        const named = loaded.selected.artifactAt(flock, artifact, region, environment);
        return { version: named, ...loaded.artifact(flock, artifact, named) };
      };
      const input = {
        flock: parsed,
        version,
        region,
        fleet: found.fleet,
        phases: found.result.phases,
        artifacts,
      };
      const targets = found.result.targets.map((t) => t.target);
      const start = performance.now();
      compileResources({ ...input, targets });
      time += since(start);
    }
    return time;
  }
}

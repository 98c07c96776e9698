// Compiling 350 flocks like the shipped ones for the shipped regions. A region's attribute edit against compiling just its readers
// anew. Smaller is better.
import { readFileSync } from 'node:fs';
import { discoverFlocks } from '#libs/flocks/discovery';
import {
  compileTargets,
  fleetOf,
  FleetCompiler,
  flockKey,
  parseFlock,
  selectedVersions,
} from '#libs/compilation/compiler';
import { changedPathsOf } from '#libs/region-data/contract';

const flockCount = 350;
const edits = 200;

const regionData = JSON.parse(
  readFileSync(new URL('../../examples/fleet/region-data.json', import.meta.url), 'utf8'),
);
const document = {
  ...regionData,
  subsets: regionData.subsets ?? {},
  vibes: regionData.vibes ?? [],
  all_regions: regionData.all_regions.map((r) => ({
    ViBE_region: null,
    target_available: true,
    state: 'none',
    ...r,
  })),
};

/** The shipped flocks, copied under other names until there are enough. */
async function manyFlocks() {
  const { flocks } = await discoverFlocks(new URL('../../examples/flocks', import.meta.url).pathname);
  return Array.from({ length: flockCount }, (_, i) => {
    const shipped = flocks[i % flocks.length];
    const name = `${shipped.name}-${Math.floor(i / flocks.length)}`;
    const files = new Map(
      [...shipped.files].map(([path, bytes]) => [
        path,
        Buffer.from(
          Buffer.from(bytes)
            .toString('utf8')
            .replace(/^flock "[^"]+"/m, `flock "${name}"`),
        ),
      ]),
    );
    return { name, files };
  });
}

const since = (start) => performance.now() - start;
const percentile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

export async function run(report) {
  const sources = await manyFlocks();

  let start = performance.now();
  const flocks = new Map(
    sources.map(({ name, files }) => {
      const key = flockKey(name, '1');
      return [key, { key, flock: name, version: '1', parsed: parseFlock(files, { name }) }];
    }),
  );
  report({ metric: 'parse and check 350 flocks', value: since(start), unit: 'ms' });

  const fleet = fleetOf(document);
  const entries = { flocks: Object.fromEntries(sources.map((s) => [s.name, '1'])), artifacts: {} };
  const versions = {
    selected: selectedVersions({ target: entries, vibe: entries, pins: new Map() }),
    flocks,
    artifact: () => null,
  };
  for (const use of flocks.values()) compileTargets(use.parsed, '1', fleet);
  start = performance.now();
  let targets = 0;
  for (const use of flocks.values()) targets += compileTargets(use.parsed, '1', fleet).result.targets.length;
  const full = since(start);
  report({ metric: `stage 1 of 350 flocks, ${targets} targets`, value: full, unit: 'ms' });

  const compiler = new FleetCompiler(fleet, versions);
  let now = document;
  const times = [];
  const shares = [];
  let recompiled = 0;
  for (let i = 0; i < edits; i++) {
    const region = now.regions[i % now.regions.length];
    const entry = now.all_regions.find((r) => r.name === region.public_name);
    const to = `edit-${i}.example`;
    const change = { set: 'all_regions', attribute: 'dns_suffix', from: entry.dns_suffix ?? null, to };
    const changes = changedPathsOf(
      { type: 'RegionEdited', data: { region: region.internal_name, changes: [change] } },
      now,
    );
    now = { ...now, all_regions: now.all_regions.map((r) => (r === entry ? { ...r, dns_suffix: to } : r)) };
    start = performance.now();
    const outcome = compiler.advance(fleetOf(now), changes);
    times.push(since(start));
    recompiled = outcome.recompiled.length;
    start = performance.now();
    for (const { flock } of outcome.recompiled)
      compileTargets(flocks.get(flockKey(flock, '1')).parsed, '1', compiler.currentFleet);
    shares.push(since(start));
  }
  times.sort((a, b) => a - b);
  shares.sort((a, b) => a - b);
  const share = percentile(shares, 0.95);
  const p95 = percentile(times, 0.95);
  report({
    metric: `edit to recompiled, p95, ${recompiled} of ${flocks.size} flocks`,
    value: p95,
    unit: 'ms',
    reference: share,
    ratio: p95 / share,
  });

  const unread = times.length;
  start = performance.now();
  for (let i = 0; i < unread; i++) compiler.advance(fleetOf(now), [{ path: 'local.all_regions[*].nobody' }]);
  report({ metric: 'edit that nobody reads', value: since(start) / unread, unit: 'ms' });

  start = performance.now();
  const outcome = compiler.watch('sea', versions, { forecast: true });
  const resources = compiler
    .region('sea', true)
    .reduce((sum, f) => sum + f.targets.reduce((n, t) => n + t.resources.length, 0), 0);
  report({
    metric: `a region with its forecast, ${outcome.recompiled.length} evaluations, ${resources} resources`,
    value: since(start),
    unit: 'ms',
  });
}

// Makes a fleet of size S, M or L (docs/architecture.md, "Scale"): a region-data document and flocks that look like the
// shipped ones. The same size and seed give the same bytes.
//
//     node examples/generator/generate.mjs --size M --out DIR [--seed 1]
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** Realms, regions, flocks, resources per flock (capabilities not counted), and regions that wait to be built. */
export const sizes = {
  S: { realms: 3, regions: 12, flocks: 120, resources: 15, unbuilt: 2 },
  M: { realms: 20, regions: 85, flocks: 350, resources: 25, unbuilt: 8 },
  L: { realms: 40, regions: 500, flocks: 1000, resources: 30, unbuilt: 25 },
};

const areas = ['us', 'eu', 'ap', 'sa', 'me', 'af'];
const services = [
  'store',
  'router',
  'index',
  'broker',
  'ledger',
  'cache',
  'gateway',
  'scheduler',
  'vault',
  'mesh',
];
const domains = [
  'block',
  'object',
  'stream',
  'event',
  'user',
  'usage',
  'image',
  'metric',
  'policy',
  'network',
];
const kinds = [
  'virtual_machine_pool',
  'replicated_store',
  'block_volume',
  'network_endpoint',
  'partition_ring',
];
const served = 'r.state == "Building" || r.state == "Production" || r.state == "Paused"';

/** Mulberry32: small, and the same on every machine. Yields numbers in [0, 1). */
function randomFrom(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function makeRegionData({ realms, regions, unbuilt }, random) {
  const document = {
    realms: Array.from({ length: realms }, (_, i) => ({ name: `realm${i + 1}`, kind: 'commercial' })),
    regions: [],
    all_regions: [],
    vibes: [],
    availability_domains: [],
    execution_targets: [],
    subsets: {},
  };
  for (let i = 0; i < regions; i++) {
    const code = `r${String(i + 1).padStart(3, '0')}`;
    const name = `${areas[i % areas.length]}-generated-${i + 1}`;
    const realm = `realm${(i % realms) + 1}`;
    const waits = i >= regions - unbuilt;
    document.regions.push({ internal_name: code, public_name: name, realm, code: code.toUpperCase() });
    document.all_regions.push({
      name,
      realm,
      state: waits ? 'none' : random() < 0.05 ? 'Paused' : 'Production',
      ViBE_region: waits ? `${code}-vibe` : null,
      dns_suffix: `${realm}.example`,
      ...(waits
        ? { target_available: false }
        : { capabilities: ['cios-regional', 'worker', 'deployment-orchestrator', 'hardware'] }),
    });
    if (waits) {
      const host = document.regions[Math.floor(random() * (regions - unbuilt))].public_name;
      document.vibes.push({ id: `${code}-vibe`, host_region: host, target_region: name });
    }
    for (let k = 1; k <= (random() < 0.3 ? 3 : 1); k++) {
      const domain = `${code}-ad-${k}`;
      document.availability_domains.push({ name: domain, region: name, realm });
      document.execution_targets.push({
        name: `${code}-dc-${k}`,
        region: name,
        realm,
        availability_domain: domain,
      });
    }
  }
  return document;
}

const regional = `locals {
  served = [for r in local.all_regions : r if ${served}]
}

resource "release_phase" "region" {
  name = "region"
}

resource "execution_target" "region" {
  for_each = { for r in local.served : r.name => r }
  name     = each.key
  region   = each.value
  phase    = release_phase.region.name
}
`;

const stagedAndRegional = `locals {
  staged = [for r in local.all_regions : r if r.ViBE_region != null]
  served = [for r in local.all_regions : r if ${served}]
}

resource "release_phase" "vibe" {
  name = "vibe"
}

resource "release_phase" "region" {
  name  = "region"
  after = [release_phase.vibe.name]
}

resource "execution_target" "vibe" {
  for_each    = { for r in local.staged : r.name => r }
  name        = each.key
  region      = each.value
  environment = "vibe"
  phase       = release_phase.vibe.name
}

resource "execution_target" "region" {
  for_each = { for r in local.served : r.name => r }
  name     = each.key
  region   = each.value
  phase    = release_phase.region.name
}
`;

const bootstrapAndProduction = `locals {
  bootstrap_regions  = [for region in local.all_regions : region if region.state == "Building"]
  production_regions = [for region in local.all_regions : region if region.state == "Production" || region.state == "Paused"]
}

resource "release_phase" "bootstrap" {
  name       = "bootstrap"
  production = false
}

resource "release_phase" "production" {
  name       = "production"
  production = true
  after      = [release_phase.bootstrap.name]
}

resource "execution_target" "bootstrap" {
  count  = length(local.bootstrap_regions)
  name   = local.bootstrap_regions[count.index].name
  region = local.bootstrap_regions[count.index]
  phase  = release_phase.bootstrap.name
}

resource "execution_target" "production" {
  count  = length(local.production_regions)
  name   = local.production_regions[count.index].name
  region = local.production_regions[count.index]
  phase  = release_phase.production.name
}
`;

const placesInTwoPhases = `locals {
  served    = [for r in local.all_regions : r.name if ${served}]
  places    = [for et in local.execution_targets : et if contains(local.served, et.region)]
  places_of = { for et in local.places : et.region => et.name... }
}

resource "release_phase" "pilot" {
  name = "pilot"
}

resource "release_phase" "fleet" {
  name  = "fleet"
  after = [release_phase.pilot.name]
}
${['pilot', 'fleet']
  .map(
    (phase) => `
resource "execution_target" "${phase}" {
  for_each            = { for et in local.places : et.name => et if index(local.places_of[et.region], et.name) ${phase === 'pilot' ? '==' : '>'} 0 }
  name                = each.key
  region              = each.value.region
  place               = each.key
  availability_domain = each.value.availability_domain
  phase               = release_phase.${phase}.name
}
`,
  )
  .join('')}`;

/** Half of the fleet's flocks have one target a region, a quarter FIG. 5's two phases, the others one target a place. */
function targetsOf(index) {
  if (index < 4) return stagedAndRegional;
  return [regional, bootstrapAndProduction, regional, placesInTwoPhases][index % 4];
}

function aligned(attributes) {
  const width = Math.max(...attributes.map(([name]) => name.length));
  return attributes.map(([name, value]) => `  ${name.padEnd(width)} = ${value}\n`).join('');
}

const block = (header, attributes) => `${header} {\n${aligned(attributes)}}\n`;

/** Components in short chains, every third one deployed to; its capability waits for all deployments. */
function resourcesOf(index, name, needs, size, random) {
  const blocks = needs.map((need, k) => block(`data "capability" "need${k}"`, [['name', `"${need}"`]]));
  const deployments = [];
  for (let k = 0; k < size - Math.floor(size / 3); k++) {
    const attributes = [
      ['kind', `"${kinds[Math.floor(random() * kinds.length)]}"`],
      ['label', `"${name}-${k}-\${local.region.code}"`],
      ['size', String(1 + Math.floor(random() * 8))],
    ];
    if (k === 0 && index % 8 === 5) attributes.push(['host', `"${name}.\${local.region.dns_suffix}"`]);
    if (k % 3 !== 0) attributes.push(['behind', `infrastructure_component.c${k - 1}.id`]);
    else if (needs.length > 0)
      attributes.push(['depends_on', `[${needs.map((_, n) => `data.capability.need${n}`).join(', ')}]`]);
    blocks.push(block(`resource "infrastructure_component" "c${k}"`, attributes));
  }
  for (let k = 0; k < Math.floor(size / 3); k++) {
    deployments.push(`artifact_deployment.d${k}`);
    blocks.push(
      block(`resource "artifact_deployment" "d${k}"`, [
        ['artifact', '"service"'],
        ['components', `[infrastructure_component.c${2 * k}, infrastructure_component.c${2 * k + 1}]`],
      ]),
    );
  }
  blocks.push(
    block('resource "capability" "ready"', [
      ['name', `"${name}"`],
      ['depends_on', `[${deployments.join(', ')}]`],
    ]),
  );
  return blocks.join('\n');
}

/**
 * A fleet in memory: the region-data document and the files of all flocks by path below the flocks' folder. Flocks need
 * capabilities of earlier ones only, mostly of near ones, so that graphs are deep and free of cycles; the first four are staged
 * in the ViBE and publish what MFO reads (`cios-regional`, `worker`, `deployment-orchestrator`) and `hardware` is the fifth's.
 */
export function generateFleet(size, seed = 1) {
  const figures = sizes[size];
  if (!figures) throw new Error(`there is no size ${size}; choose one of ${Object.keys(sizes).join(', ')}`);
  const random = randomFrom(seed);
  const regionData = makeRegionData(figures, random);
  const seeds = ['names', 'cios-regional', 'worker', 'deployment-orchestrator', 'hardware'];
  const nameOf = (i) =>
    seeds[i] ??
    `${domains[i % domains.length]}-${services[Math.floor(i / domains.length) % services.length]}-${i}`;
  const files = new Map();
  for (let i = 0; i < figures.flocks; i++) {
    const name = nameOf(i);
    const needs = new Set();
    if (i > 0 && i < 4) needs.add(nameOf(i - 1));
    for (let k = 0; i > 4 && k < 1 + Math.floor(random() * 3); k++) {
      const back = 1 + Math.floor(random() ** 3 * Math.min(i - 4, 60));
      needs.add(nameOf(i - back));
    }
    files.set(
      `${name}/flock.hcl`,
      block(`flock "${name}"`, [
        ['owners', `["team-${i % 40}@example.com"]`],
        ['service', `"${name}"`],
      ]),
    );
    files.set(`${name}/targets.hcl`, targetsOf(i));
    files.set(`${name}/resources.hcl`, resourcesOf(i, name, [...needs], figures.resources, random));
    files.set(`${name}/artifacts/service`, `name: ${name}\nentrypoint: /opt/${name}/bin/run\n`);
  }
  return { regionData, files };
}

/** Writes `region-data.json` and `flocks/` below `out`. */
export function writeFleet(out, size, seed) {
  const { regionData, files } = generateFleet(size, seed);
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'region-data.json'), `${JSON.stringify(regionData, null, 2)}\n`);
  for (const [path, text] of files) {
    const file = join(out, 'flocks', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      size: { type: 'string' },
      out: { type: 'string' },
      seed: { type: 'string', default: '1' },
    },
  });
  if (!values.size || !values.out || !(values.size in sizes) || !Number.isInteger(Number(values.seed))) {
    console.error('usage: node examples/generator/generate.mjs --size S|M|L --out DIR [--seed N]');
    process.exit(2);
  }
  writeFleet(values.out, values.size, Number(values.seed));
  const { regions, flocks } = sizes[values.size];
  console.log(`${flocks} flocks and ${regions} regions in ${values.out}`);
}

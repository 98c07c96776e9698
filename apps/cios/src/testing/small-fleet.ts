import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Region data with one region to build. */
export const smallRegionData = JSON.stringify({
  realms: [{ name: 'earth' }],
  regions: [{ internal_name: 'one', public_name: 'region-one', realm: 'earth' }],
  all_regions: [{ name: 'region-one', realm: 'earth', generation: 0 }],
  execution_targets: [{ name: 'dc-1', region: 'region-one', availability_domain: null }],
});

/** Flocks in a chain: each needs the capability of the one before, and reads the attribute `generation`. */
export function writeSmallFlocks(folder: string, flocks = 4, components = 4): void {
  for (let i = 0; i < flocks; i += 1) {
    const path = join(folder, `f${i}`);
    mkdirSync(path, { recursive: true });
    const need = i === 0 ? '' : `data "capability" "before" { name = "f${i - 1}" }\n`;
    writeFileSync(
      join(path, 'flock.hcl'),
      `flock "f${i}" { owners = ["f${i}@example.com"] }
resource "execution_target" "t" {
  for_each = { for r in local.all_regions : r.name => r if r.state == "Building" || r.state == "Production" }
  name     = each.key
  region   = each.key
}
${need}resource "infrastructure_component" "c" {
  count      = ${components}
  kind       = "vm"
  generation = local.region.generation
  depends_on = [${i === 0 ? '' : 'data.capability.before'}]
}
resource "capability" "done" {
  name       = "f${i}"
  depends_on = [infrastructure_component.c]
}
`,
    );
  }
}

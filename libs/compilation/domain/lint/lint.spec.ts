import { describe, expect, it } from '@jest/globals';
import { flock } from '../testing/fixtures.js';
import { literalRegions, nearMissStates, stateMeant, unusedLocals } from './index.js';

const target = (region: string, more = ''): string =>
  `resource "execution_target" "t" {\n  name = "t"\n  region = ${region}\n  ${more}\n}\n`;
const placed = (text: string, line: number, fragment: string) => {
  const column = text.split('\n')[line - 1]!.indexOf(fragment) + 1;
  return { line: line + 3, column };
};

describe('unused locals', () => {
  it('are those that no block uses, not even through others', () => {
    const text = `locals {
  used     = 1
  through  = local.used
  alone    = 2
  chained  = local.dead
  dead     = 3
}
resource "alarm" "a" {
  nested {
    deeper {
      x = local.through
    }
  }
}
`;
    const found = unusedLocals(flock(text));
    expect(found.map((f) => [f.code, f.fix])).toEqual([
      ['lint/unused-local', 'Remove alone, or use local.alone.'],
      ['lint/unused-local', 'Remove chained, or use local.chained.'],
      ['lint/unused-local', 'Remove dead, or use local.dead.'],
    ]);
    expect(found[0]!.subject!.start).toMatchObject(placed(text, 4, 'alone'));
    expect(found[2]!.detail).toContain('only by locals that nothing uses');
  });
});

describe('near-miss states', () => {
  it('are found wherever a state is compared', () => {
    const text = `locals {
  a = [for r in local.all_regions : r if r.realm == "x" && (r.state == "building" || "PRODUCTION" != r["state"])]
  b = [for r in local.all_regions : r if contains(["Paused", "Depricated"], r.state)]
  c = local.all_regions[0].state == "initial" ? 1 : 2
}
resource "alarm" "a" {
  when = "\${local.region.state == "Prodution"}"
}
`;
    const found = nearMissStates(flock(text));
    expect(found.map((f) => f.fix)).toEqual([
      'Write "Building".',
      'Write "Production".',
      'Write "Deprecated".',
      'Write "none".',
      'Write "Production".',
    ]);
    expect(found[0]!.subject!.start).toMatchObject(placed(text, 2, '"building"'));
  });

  it('are neither states, nor words unlike any, nor states of resources', () => {
    const text = `locals {
  a = [for r in local.all_regions : r if r.state == "Building" || r.state == "Limbo" || r.city == "building"]
}
resource "infrastructure_component" "b" {
  kind = infrastructure_component.c.outputs.state == "building" ? "x" : "y"
}
resource "infrastructure_component" "c" { kind = "vm" }
`;
    expect(nearMissStates(flock(text))).toEqual([]);
  });

  it.each([
    ['building', 'Building'],
    ['Prod', 'Production'],
    ['None', 'none'],
    ['Production', undefined],
    ['x', undefined],
  ])('%s means %s', (written, meant) => {
    expect(stateMeant(written)).toBe(meant);
  });
});

describe('literal regions, without region data', () => {
  it('are what stands in a region attribute, and what has the form of a region', () => {
    const text = target('"sea"') + `resource "alarm" "a" {\n  city = "us-seattle-1"\n  other = "web-1"\n}\n`;
    const found = literalRegions(flock(text));
    expect(found.map((f) => [f.code, f.detail.split(' literally')[0]])).toEqual([
      ['hard-coded-region', '"sea" names a region'],
      ['hard-coded-region', '"us-seattle-1" looks like the name of a region'],
    ]);
    expect(found[0]!.subject!.start).toMatchObject(placed(text, 3, '"sea"'));
  });

  it('are not keys of what is computed', () => {
    expect(literalRegions(flock(target('local.all_regions[0]["name"]')))).toEqual([]);
  });
});

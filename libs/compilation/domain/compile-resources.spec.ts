import { describe, expect, it } from '@jest/globals';
import { compileResources } from './compile-resources.js';
import { compileTargets } from './compile-targets.js';
import { fleetOf } from './fleet.js';
import { building, flock, regionData, type SomeRegion } from './testing/fixtures.js';

const seattle: SomeRegion = {
  name: 'us-seattle-1',
  internal: 'sea',
  state: 'Building',
  dns_suffix: 'sea.example',
  code: 7,
};

function compile(text: string, regions: readonly SomeRegion[] = [seattle], region = 'sea') {
  const fleet = fleetOf(regionData(regions));
  const parsed = flock(text);
  const { result, evaluation } = compileTargets(parsed, '1', fleet);
  return compileResources({
    flock: parsed,
    version: '1',
    region,
    fleet,
    phases: result.phases,
    targets: result.targets.filter((t) => t.region === region),
    artifacts: (name) => (name === 'server' ? { version: '7', digest: 'd'.repeat(64) } : null),
    fleetEvaluation: evaluation,
    alsoWrong: result.diagnostics,
  });
}

const only = (text: string, regions?: readonly SomeRegion[]) => {
  const result = compile(building + text, regions);
  expect(result.diagnostics).toEqual([]);
  return result.targets[0]!.resources;
};

const errors = (text: string) =>
  compile(text)
    .diagnostics.filter((d) => d.severity === 'error')
    .map((d) => d.code);

describe('stage 2', () => {
  it('has what is equal in two regions once: whole resources, and parts of those that differ', () => {
    const tacoma = { ...seattle, name: 'us-tacoma-1', internal: 'tac', code: 8 };
    const fleet = fleetOf(regionData([seattle, tacoma]));
    const parsed = flock(`${building}
      resource "infrastructure_component" "vm" {
        kind = "vm"
        code = local.region.code
        depends_on = [infrastructure_component.net]
      }
      resource "infrastructure_component" "net" { kind = "net" }`);
    const { result } = compileTargets(parsed, '1', fleet);
    const [sea, tac] = ['sea', 'tac'].map((region) => {
      const targets = result.targets.filter((t) => t.region === region);
      const input = { flock: parsed, version: '1', region, fleet, phases: [], targets };
      return compileResources({ ...input, artifacts: () => null }).targets[0]!.resources;
    });
    expect(sea!.map((r) => r.attributes['code'])).toEqual([7, undefined]);
    expect(tac!.map((r) => r.attributes['code'])).toEqual([8, undefined]);
    expect(tac![1]).toBe(sea![1]);
    expect(tac![0]!.dependsOn).toBe(sea![0]!.dependsOn);
    expect(tac![0]!.digest).not.toBe(sea![0]!.digest);
  });

  it('compiles components, deployments and capabilities with what joins them', () => {
    const resources = only(`
      data "capability" "net" { name = "networking" }
      data "capability" "host" {
        name        = "cios-regional"
        environment = "host"
      }
      resource "infrastructure_component" "vm" {
        kind       = "virtual_machine"
        zone       = "a.\${local.region.dns_suffix}"
        depends_on = [data.capability.net, data.capability.host]
      }
      resource "artifact_deployment" "server" {
        artifact   = "server"
        components = [infrastructure_component.vm]
        config     = { address = infrastructure_component.vm.outputs.ip, name = local.execution_target.name }
      }
      resource "capability" "svc" {
        name       = "svc"
        outputs    = { url = "https://\${infrastructure_component.vm.outputs.ip}:\${infrastructure_component.vm.outputs.port}" }
        depends_on = [artifact_deployment.server]
        probe { path = "/health" }
      }`);
    const [vm, server, svc] = resources;
    expect(resources.map((r) => r.address)).toEqual([
      'infrastructure_component.vm',
      'artifact_deployment.server',
      'capability.svc',
    ]);
    expect(vm!.attributes).toEqual({ kind: 'virtual_machine', zone: 'a.sea.example' });
    expect(vm!.needs.map((n) => [n.name, n.region, n.environment])).toEqual([
      ['networking', null, null],
      ['cios-regional', null, 'host'],
    ]);
    expect(server!.attributes).toEqual({
      artifact: 'server',
      components: ['infrastructure_component.vm'],
      config: { address: { $unknown: ['infrastructure_component.vm.outputs.ip'] }, name: 'us-seattle-1' },
    });
    expect(server!.artifact).toEqual({ name: 'server', version: '7', digest: 'd'.repeat(64) });
    expect(server!.outputsRead).toEqual([{ from: 'infrastructure_component.vm', path: 'outputs.ip' }]);
    expect(server!.dependsOn.map((d) => [d.address, d.kind])).toEqual([
      ['infrastructure_component.vm', 'artifact'],
      ['infrastructure_component.vm', 'reference'],
    ]);
    expect(svc!.attributes['outputs']).toEqual({
      url: {
        $unknown: ['infrastructure_component.vm.outputs.ip', 'infrastructure_component.vm.outputs.port'],
      },
    });
    expect(svc!.publishes).toEqual({ name: 'svc', partial: false, probe: { path: '/health' } });
    expect(svc!.dependsOn.map((d) => [d.address, d.kind])).toEqual([
      ['infrastructure_component.vm', 'reference'],
      ['artifact_deployment.server', 'depends_on'],
    ]);
  });

  it('repeats by count and for_each, and refers to one instance or to all', () => {
    const resources = only(`
      resource "infrastructure_component" "vm" {
        count = 2
        kind  = "vm"
        index = count.index
      }
      resource "infrastructure_component" "disk" {
        for_each = { a = 1, b = 2 }
        kind     = "disk"
        size     = each.value
        vm       = infrastructure_component.vm[0].id
        peers    = infrastructure_component.vm[*].id
      }`);
    expect(resources.map((r) => r.address)).toEqual([
      'infrastructure_component.vm[0]',
      'infrastructure_component.vm[1]',
      'infrastructure_component.disk["a"]',
      'infrastructure_component.disk["b"]',
    ]);
    expect(resources.map((r) => r.attributes['size'] ?? r.attributes['index'])).toEqual([0, 1, 1, 2]);
    const disk = resources[2]!;
    expect(disk.attributes['peers']).toEqual([
      { $unknown: ['infrastructure_component.vm[0].id'] },
      { $unknown: ['infrastructure_component.vm[1].id'] },
    ]);
    expect(disk.dependsOn.map((d) => d.address)).toEqual([
      'infrastructure_component.vm[0]',
      'infrastructure_component.vm[1]',
    ]);
  });

  it('knows declared attributes of other resources, and the outputs of needed capabilities only later', () => {
    const [a, b] = only(`
      data "capability" "db" { name = "database" }
      locals {
        url = data.capability.db.outputs.url
      }
      resource "infrastructure_component" "a" {
        kind = "vm"
        size = 4
        db   = local.url
      }
      resource "infrastructure_component" "b" {
        kind = infrastructure_component.a.kind
        size = infrastructure_component.a.size * 2
      }`);
    expect(a!.attributes['db']).toEqual({ $unknown: ['capability:database.outputs.url'] });
    expect(a!.outputsRead).toEqual([{ from: 'capability:database', path: 'outputs.url' }]);
    expect(a!.needs.map((n) => n.name)).toEqual(['database']);
    expect(b!.attributes).toEqual({ kind: 'vm', size: 8 });
    expect(b!.outputsRead).toEqual([]);
  });

  it('takes cycles between resources that only wait for one another, and names what breaks them', () => {
    const [a, b] = only(`
      resource "infrastructure_component" "a" {
        kind = "vm"
        peer = infrastructure_component.b.id
        break_cycle { without = [infrastructure_component.b] }
      }
      resource "infrastructure_component" "b" {
        kind = "vm"
        peer = infrastructure_component.a.id
        lifecycle {
          prevent_destroy = true
          ignore_changes  = [tags, peer]
        }
      }`);
    expect(a!.breakCycle).toEqual({ without: ['infrastructure_component.b'], then: 'update' });
    expect(a!.dependsOn.map((d) => d.address)).toEqual(['infrastructure_component.b']);
    expect(b!.lifecycle).toEqual({ preventDestroy: true, ignoreChanges: ['tags', 'peer'] });
  });

  it('compiles each target of the region, with its own attributes', () => {
    const result = compile(`
      resource "execution_target" "t" {
        count  = 2
        name   = "t\${count.index}"
        region = local.all_regions[0]
        size   = count.index + 1
      }
      locals {
        double = local.execution_target.size * 2
        suffix = local.region.dns_suffix
      }
      resource "infrastructure_component" "c" {
        kind = "vm"
        size = local.double
        zone = local.suffix
      }`);
    expect(result.diagnostics).toEqual([]);
    expect(result.targets.map((t) => [t.target.name, t.resources[0]!.attributes])).toEqual([
      ['t0', { kind: 'vm', size: 2, zone: 'sea.example' }],
      ['t1', { kind: 'vm', size: 4, zone: 'sea.example' }],
    ]);
    expect(result.reads).toEqual(['local.region.dns_suffix']);
  });

  it('does not read what it only copies, and reads what reaches the output', () => {
    const read = (text: string) => compile(building + text).reads;
    expect(read('resource "infrastructure_component" "c" { kind = "vm" }')).toEqual([]);
    expect(
      read(
        'locals {\n here = local.region\n}\nresource "infrastructure_component" "c" {\n kind = "vm"\n code = local.here.code\n}',
      ),
    ).toEqual(['local.region.code']);
  });

  it('hands secrets on whole, as references', () => {
    const [c] = only(
      'resource "infrastructure_component" "c" {\n kind = "vm"\n password = secret("db/root")\n}',
    );
    expect(c!.attributes['password']).toEqual({ $secret: 'db/root' });
    expect(
      errors(
        `${building}resource "infrastructure_component" "c" {\n kind = "vm"\n dsn = "x:\${secret("a")}"\n}`,
      ),
    ).toEqual(['flock/secret-in-expression']);
  });

  it('passes on what is moved, removed and imported', () => {
    const result = compile(`${building}
      moved {
        from = infrastructure_component.old["a"]
        to   = infrastructure_component.new
      }
      removed {
        from = infrastructure_component.gone
        lifecycle { destroy = false }
      }
      import {
        to = infrastructure_component.new
        id = "i-1"
      }
      resource "infrastructure_component" "new" { kind = "vm" }`);
    expect(result.diagnostics).toEqual([]);
    expect(result.moves).toEqual([
      { kind: 'moved', from: 'infrastructure_component.old["a"]', to: 'infrastructure_component.new' },
      { kind: 'removed', from: 'infrastructure_component.gone', destroy: false },
      { kind: 'import', to: 'infrastructure_component.new', id: 'i-1' },
    ]);
  });

  it('has digests that only what a resource is decides', () => {
    const digest = (text: string) => only(text)[0]!.digest;
    const plain = digest('resource "infrastructure_component" "c" { kind = "vm" }');
    expect(digest('\n\nresource "infrastructure_component" "other" { kind = "vm" }')).toBe(plain);
    expect(digest('resource "infrastructure_component" "c" { kind = "disk" }')).not.toBe(plain);
    expect(
      digest('resource "infrastructure_component" "c" {\n kind = "vm"\n executor = "manual"\n}'),
    ).not.toBe(plain);
  });
});

describe('what is wrong with a flock is said, and where', () => {
  const at = (text: string) => {
    const { diagnostics } = compile(building + text);
    const error = diagnostics.find((d) => d.severity === 'error')!;
    return `${error.code}: ${error.detail}`;
  };

  it.each([
    ['an unknown attribute', 'resource "capability" "c" {\n nme = "x"\n}', 'Did you mean "name"?'],
    ['an unknown block', 'resorce "capability" "c" {}', 'Did you mean "resource"?'],
    [
      'an unknown type',
      'resource "infrastructure_componnt" "c" {}',
      'Did you mean "infrastructure_component"?',
    ],
    ['a missing attribute', 'resource "infrastructure_component" "c" {}', 'needs "kind"'],
    [
      'an unknown local',
      'resource "infrastructure_component" "c" {\n kind = local.regoin.name\n}',
      'Did you mean "region"?',
    ],
    [
      'an unknown block in a reference',
      'resource "infrastructure_component" "c" {\n kind = "a"\n x = infrastructure_component.d.id\n}',
      'no infrastructure_component.d',
    ],
    [
      'an undeclared attribute',
      'resource "infrastructure_component" "a" { kind = "a" }\nresource "infrastructure_component" "c" {\n kind = "a"\n x = infrastructure_component.a.ip\n}',
      'infrastructure_component.a.outputs.ip',
    ],
    ['each without for_each', 'resource "infrastructure_component" "c" { kind = each.key }', 'for_each'],
    ['a local cycle', 'locals {\n a = local.b\n b = local.a\n}', 'local.a → local.b → local.a'],
    [
      'a cycle of values',
      'resource "infrastructure_component" "a" { kind = infrastructure_component.b.kind }\nresource "infrastructure_component" "b" { kind = infrastructure_component.a.kind }',
      'depends on itself',
    ],
    [
      'a count that is known too late',
      'resource "infrastructure_component" "a" { kind = "a" }\nresource "infrastructure_component" "b" {\n kind = "b"\n count = infrastructure_component.a.outputs.n\n}',
      'must be known at compile time',
    ],
    [
      'a capability known too late',
      'resource "infrastructure_component" "a" { kind = "a" }\nresource "capability" "c" { name = infrastructure_component.a.id }',
      'must be known at compile time',
    ],
    [
      'an artifact without a version',
      'resource "artifact_deployment" "d" {\n artifact = "nothing"\n components = []\n}',
      'svc/nothing',
    ],
    [
      'a wrong environment',
      'data "capability" "c" {\n name = "x"\n environment = "prod"\n}\nresource "infrastructure_component" "a" {\n kind = "a"\n depends_on = [data.capability.c]\n}',
      '"vibe" or "target" or "host"',
    ],
    [
      'a resource in a target',
      'resource "execution_target" "u" {\n name = "u"\n region = local.region.name\n}',
      'exists only per execution target',
    ],
    [
      'itself',
      'resource "infrastructure_component" "a" {\n kind = "a"\n x = infrastructure_component.a.id\n}',
      'cannot wait for itself',
    ],
    [
      'a duplicate',
      'resource "infrastructure_component" "a" { kind = "a" }\nresource "infrastructure_component" "a" { kind = "a" }',
      'already defined',
    ],
    ['a reserved local', 'locals {\n all_regions = []\n}', 'injected region data'],
    [
      'quotes around a reference',
      'resource "infrastructure_component" "a" {\n kind = "a"\n depends_on = ["infrastructure_component.b"]\n}',
      'without quotes',
    ],
    [
      'what is no address',
      'moved {\n from = 5\n to = infrastructure_component.a\n}',
      'takes the address of a resource',
    ],
  ])('%s', (_, text, said) => {
    expect(at(text)).toContain(said);
  });

  it('a deprecated region, literally: an error; a living one: a warning', () => {
    const text = (region: string) =>
      `resource "execution_target" "t" {\n name = "t"\n region = "${region}"\n}`;
    const regions: SomeRegion[] = [seattle, { name: 'us-old-1', internal: 'old', state: 'Deprecated' }];
    const old = compile(text('us-old-1'), regions);
    expect(old.diagnostics.map((d) => [d.severity, d.code])).toEqual([['error', 'deprecated-region']]);
    const living = compile(text('us-seattle-1'), regions);
    expect(living.diagnostics.map((d) => [d.severity, d.code, d.subject?.start.line])).toEqual([
      ['warning', 'hard-coded-region', 6],
    ]);
    expect(living.targets.map((t) => t.target.region)).toEqual(['sea']);
    const filter = compile(
      'locals {\n a = [for r in local.all_regions : r if r.name != "us-old-1"]\n}',
      regions,
    );
    expect(filter.diagnostics.map((d) => d.code)).toEqual(['deprecated-region']);
  });
});

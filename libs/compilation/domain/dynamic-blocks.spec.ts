import { describe, expect, it } from '@jest/globals';
import { type Json } from '#libs/kernel';
import { attributesOf } from './compile-resource.js';
import { compileResources, targetEvaluation } from './compile-resources.js';
import { compileTargets } from './compile-targets.js';
import { Evaluation } from './evaluation.js';
import { fleetOf } from './fleet.js';
import { unusedLocals } from './lint/index.js';
import { parseFlock } from './parse-flock.js';
import { building, regionData } from './testing/fixtures.js';
import { jsonTwin } from './testing/json-twin.js';

const sea = { name: 'us-seattle-1', internal: 'sea', state: 'Building', dns_suffix: 'sea.example' } as const;
const ash = {
  name: 'us-ashburn-1',
  internal: 'iad',
  state: 'Production',
  dns_suffix: 'iad.example',
} as const;
const fleet = fleetOf(regionData([sea, ash]));

function compile(text: string, syntax: 'native' | 'JSON' = 'native') {
  const native = `flock "svc" {\n owners = ["svc@example.com"]\n}\n${building}${text}`;
  const parsed = parseFlock(
    new Map(
      syntax === 'JSON'
        ? [['flock.hcl.json', new TextEncoder().encode(jsonTwin(native))]]
        : [['flock.hcl', new TextEncoder().encode(native)]],
    ),
  );
  const { result, evaluation } = compileTargets(parsed, '1', fleet);
  const compiled = compileResources({
    flock: parsed,
    version: '1',
    region: 'sea',
    fleet,
    phases: result.phases,
    targets: result.targets,
    artifacts: () => null,
    fleetEvaluation: evaluation,
    alsoWrong: result.diagnostics,
  });
  return { parsed, target: result.targets[0]!, ...compiled };
}

const component = (body: string, label = 'vm'): string =>
  `resource "infrastructure_component" "${label}" {\n  kind = "virtual_machine"\n${body}\n}\n`;

function attributes(text: string, syntax?: 'native' | 'JSON') {
  const { diagnostics, targets } = compile(text, syntax);
  expect(diagnostics).toEqual([]);
  return targets[0]!.resources.map((r) => r.attributes);
}

const faults = (text: string) =>
  compile(text).diagnostics.map((d) => [d.code, d.subject?.start.line, d.subject?.start.column]);

const twins: readonly (readonly [string, string, string])[] = [
  [
    'a list, beside blocks that stand there',
    `disk {
       size = 1
     }
     dynamic "disk" {
       for_each = [20, 30]
       content {
         size = disk.value
         name = "disk-\${disk.key}"
         mode = "rw"
       }
     }`,
    `disk {
       size = 1
     }
     disk {
       size = 20
       name = "disk-0"
       mode = "rw"
     }
     disk {
       size = 30
       name = "disk-1"
       mode = "rw"
     }`,
  ],
  ['nothing', `dynamic "disk" {\n for_each = []\n content {\n size = 1\n }\n }`, ``],
  [
    'an iterator of its own name within a block, called like a type of resource',
    `nic {
       name = "a"
       dynamic "connection" {
         for_each = { b = 2, a = 1 }
         content {
           key = connection.key
         }
       }
       dynamic "route" {
         for_each = { to = local.region.dns_suffix }
         iterator = each
         content {
           to = each.value
         }
       }
     }`,
    `nic {
       name = "a"
       connection {
         key = "a"
       }
       connection {
         key = "b"
       }
       route {
         to = "sea.example"
       }
     }`,
  ],
  [
    'dynamic within a labelled block',
    `nic "a" {
       dynamic "route" {
         for_each = [1]
         content {
           to = route.value
         }
       }
     }
     nic "b" {
       up = true
     }`,
    `nic "a" {
       route {
         to = 1
       }
     }
     nic "b" {
       up = true
     }`,
  ],
  [
    'dynamic within dynamic, with for_each and each of the resource',
    `for_each = { x = [[1, 2], [3]] }
     dynamic "disk" {
       for_each = each.value
       content {
         of = each.key
         dynamic "part" {
           for_each = disk.value
           iterator = p
           content {
             at   = p.key
             size = p.value + disk.key
           }
         }
       }
     }`,
    `for_each = { x = [] }
     disk {
       of = "x"
       part {
         at   = 0
         size = 1
       }
       part {
         at   = 1
         size = 2
       }
     }
     disk {
       of = "x"
       part {
         at   = 0
         size = 4
       }
     }`,
  ],
  [
    'labels',
    `disk "boot" "ssd" {
       size = 1
     }
     dynamic "disk" {
       for_each = { boot = 2, data = 3 }
       labels   = [disk.key, "hdd"]
       content {
         size = disk.value
       }
     }`,
    `disk "boot" "ssd" {
       size = 1
     }
     disk "boot" "hdd" {
       size = 2
     }
     disk "data" "hdd" {
       size = 3
     }`,
  ],
];

describe('dynamic blocks', () => {
  it.each(twins)('make what their static twins say: %s', (_, dynamic, written) => {
    const expected = attributes(component(written));
    expect(attributes(component(dynamic))).toEqual(expected);
    expect(attributes(component(dynamic), 'JSON')).toEqual(expected);
    expect(attributes(component(written), 'JSON')).toEqual(expected);
  });

  it('stand in the order in which they are written', () => {
    const [first] = attributes(
      component(
        `d {\n x = 1\n }\n dynamic "d" {\n for_each = [2]\n content {\n x = d.value\n }\n }\n d {\n x = 3\n }`,
      ),
    );
    expect(first!['d']).toEqual([{ x: 1 }, { x: 2 }, { x: 3 }]);
  });

  it('give labelled blocks as objects of lists, as in the JSON syntax', () => {
    expect(attributes(component(twins.at(-1)![1]))[0]!['disk']).toEqual({
      boot: { ssd: [{ size: 1 }], hdd: [{ size: 2 }] },
      data: { hdd: [{ size: 3 }] },
    });
  });

  it('can be referred to by the type of what they make, also where that is nothing', () => {
    const text = (list: string): string =>
      component(`dynamic "disk" {\n for_each = ${list}\n content {\n size = disk.value\n }\n }`) +
      component(`sizes = infrastructure_component.vm.disk[*].size`, 'b');
    expect(attributes(text('[1, 2]'))[1]!['sizes']).toEqual([1, 2]);
    expect(attributes(text('[]'))[1]!['sizes']).toEqual([]);
  });

  it('make the one block that a probe is, or none', () => {
    const text = (list: string): string => `resource "capability" "c" {
      name = "c"
      dynamic "probe" {
        for_each = ${list}
        content {
          query = probe.value
        }
      }
    }`;
    expect(compile(text('["q"]')).targets[0]!.resources[0]!.publishes?.probe).toEqual({ query: 'q' });
    expect(compile(text('[]')).targets[0]!.resources[0]!.publishes?.probe).toBeNull();
    expect(faults(text('["q", "r"]'))).toEqual([['flock/duplicate-block', 12, 7]]);
  });

  const waiting =
    component('', 'a') +
    component(
      `disk {
         size = 1
       }
       dynamic "disk" {
         for_each = infrastructure_component.a.outputs.disks
         content {
           size = disk.value
           mode = "rw"
         }
       }`,
      'b',
    );

  it('are unknown as a whole where what decides them is, and wait for it', () => {
    const { diagnostics, targets } = compile(waiting);
    expect(diagnostics).toEqual([]);
    const b = targets[0]!.resources[1]!;
    expect(b.attributes['disk']).toEqual({ $unknown: ['infrastructure_component.a.outputs.disks'] });
    expect(b.outputsRead).toEqual([{ from: 'infrastructure_component.a', path: 'outputs.disks' }]);
    expect(b.dependsOn.map(({ address, kind }) => [address, kind])).toEqual([
      ['infrastructure_component.a', 'reference'],
    ]);
  });

  it('are made once outputs are known', () => {
    const { parsed, target } = compile(waiting);
    const regional = new Evaluation(parsed, { level: 'region', locals: fleet.subsets });
    const outputs = new Map<string, Json>([['infrastructure_component.a', { disks: [7, 8] }]]);
    const evaluation = targetEvaluation(regional, target, fleet, outputs);
    const [b] = evaluation.instances(parsed.blocks.get('infrastructure_component.b')!);
    expect(attributesOf(evaluation, b!).attributes['disk']).toEqual([
      { size: 1 },
      { size: 7, mode: 'rw' },
      { size: 8, mode: 'rw' },
    ]);
  });

  it('are sensitive as a whole where what decides them is', () => {
    const text = component(`dynamic "disk" {\n for_each = sensitive([1])\n content {\n size = "s"\n }\n }`);
    expect(faults(text + component('count = length(infrastructure_component.vm.disk)', 'b'))).toEqual([
      ['flock/sensitive', 21, 9],
    ]);
    expect(
      faults(text + component('count = infrastructure_component.vm.disk[0].size == "s" ? 1 : 0', 'b')),
    ).toEqual([['flock/sensitive', 21, 9]]);
  });

  it('report what they read of region data', () => {
    const { diagnostics, reads } = compile(
      component(`dynamic "peer" {
        for_each = { for r in local.all_regions : r.name => r if r.state == "Production" }
        labels   = [peer.value.realm]
        content {
          suffix = peer.value.dns_suffix
        }
      }`),
    );
    expect(diagnostics).toEqual([]);
    expect(reads).toEqual(
      expect.arrayContaining(
        ['dns_suffix', 'name', 'realm', 'state'].map((name) => `local.all_regions[*].${name}`),
      ),
    );
  });

  it('count as what uses a local, and may refer to no unknown one', () => {
    expect(faults(component(`dynamic "d" {\n for_each = local.x\n content {\n y = d.value\n }\n }`))).toEqual(
      [['flock/unknown-local', 13, 13]],
    );
    expect(faults(component(`dynamic "d" {\n for_each = [1]\n content {\n y = e.value\n }\n }`))).toEqual([
      ['flock/unknown-reference', 15, 6],
    ]);
  });

  it.each([
    ['lifecycle', `dynamic "lifecycle" {\n for_each = [1]\n content {}\n }`, 'flock/dynamic', 12, 1],
    ['break_cycle', `dynamic "break_cycle" {\n for_each = [1]\n content {}\n }`, 'flock/dynamic', 12, 1],
    ['no type', `dynamic {\n for_each = [1]\n content {}\n }`, 'flock/dynamic', 12, 1],
    ['no content', `dynamic "d" {\n for_each = [1]\n }`, 'hcl/dynamic', 12, 13],
    ['no for_each', `dynamic "d" {\n content {}\n }`, 'hcl/missing-argument', 12, 13],
    [
      'an iterator that is no name',
      `dynamic "d" {\n for_each = [1]\n iterator = "x"\n content {}\n }`,
      'hcl/dynamic',
      14,
      13,
    ],
    [
      'what cannot be iterated',
      `dynamic "d" {\n for_each = local.region.name\n content {}\n }`,
      'hcl/dynamic',
      13,
      13,
    ],
    ['null', `dynamic "d" {\n for_each = null\n content {}\n }`, 'hcl/dynamic', 13, 13],
    [
      'an attribute of the same name',
      `d = 1\ndynamic "d" {\n for_each = [1]\n content {}\n }`,
      'flock/attribute-and-block',
      13,
      1,
    ],
    [
      'fewer labels than others',
      `d "a" {}\ndynamic "d" {\n for_each = [1]\n content {}\n }`,
      'flock/labels',
      13,
      1,
    ],
    ['labels among blocks without', `n {\n d {}\n d "a" {}\n }`, 'flock/labels', 14, 2],
    ['a block within lifecycle', `lifecycle {\n precondition {}\n }`, 'flock/unknown-block', 13, 2],
    ['a labelled lifecycle', `lifecycle "a" {}`, 'flock/labels', 12, 1],
  ])('refuse %s, with its place', (_, body, code, line, column) => {
    expect(faults(component(body))).toEqual([[code, line, column]]);
  });

  it('use the locals that decide them and that they hold', () => {
    const { parsed } = compile(
      `locals {\n list = [1]\n label = "l"\n inner = "i"\n unused = 1\n }\n` +
        component(
          `dynamic "d" {\n for_each = local.list\n labels = [local.label]\n content {\n x = local.inner\n }\n }`,
        ),
    );
    expect(unusedLocals(parsed).map((f) => f.fix)).toEqual(['Remove unused, or use local.unused.']);
  });

  it('do not depend on their own resource', () => {
    const text = component(
      `dynamic "a" {\n for_each = infrastructure_component.vm.b\n content {}\n }\n dynamic "b" {\n for_each = [1]\n content {}\n }`,
    );
    expect(faults(text)).toEqual([['flock/self-reference', 13, 13]]);
  });

  it('tell of a cycle through what decides them', () => {
    const one = (label: string, other: string): string =>
      component(`dynamic "d" {\n for_each = infrastructure_component.${other}.d\n content {}\n }`, label);
    expect(compile(one('a', 'b') + one('b', 'a')).diagnostics.map((d) => d.code)).toContain('flock/cycle');
  });
});

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { captured } from '#libs/command-line/testing';
import { cios } from './program.js';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Writes { path: text } below a new folder. */
function files(entries: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'cios-cli-'));
  folders.push(folder);
  for (const [path, text] of Object.entries(entries)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const regionData = JSON.stringify({
  realms: [{ name: 'r1' }],
  regions: [
    { internal_name: 'x1', public_name: 'x-one', realm: 'r1' },
    { internal_name: 'x2', public_name: 'x-two', realm: 'r1' },
  ],
  all_regions: [
    { name: 'x-one', realm: 'r1', state: 'Building', city: 'One' },
    {
      name: 'x-two',
      realm: 'r1',
      state: 'Production',
      city: 'Two',
      capabilities: ['given', { name: 'early', environment: 'vibe' }],
    },
  ],
});
const target = `resource "execution_target" "t" {
  for_each = { for r in local.all_regions : r.name => r if r.state != "none" }
  name     = each.key
  region   = each.key
}
`;
const flock = (name: string, body: string): Record<string, string> => ({
  [`flocks/${name}/flock.hcl`]: `flock "${name}" { owners = ["${name}@example.com"] }\n${target}${body}`,
});
const needs = (capability: string, region = ''): string => `data "capability" "c" {
  name = "${capability}"
  ${region}
}
resource "infrastructure_component" "x" {
  kind       = "vm"
  city       = local.region.city
  depends_on = [data.capability.c]
}
`;
const publishes = (capability: string): string => `resource "infrastructure_component" "y" { kind = "vm" }
resource "capability" "p" {
  name       = "${capability}"
  depends_on = [infrastructure_component.y]
}
`;

interface Graph {
  readonly nodes: readonly {
    readonly id: string;
    readonly kind: string;
    readonly flock: string;
    readonly target: string;
  }[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly kind: string }[];
  readonly order: readonly string[];
  readonly findings: readonly {
    readonly kind: string;
    readonly severity: string;
    readonly nodes: readonly string[];
  }[];
}

describe('cios compile, graph and lint', () => {
  let good: string;
  const on = (folder: string, command: string, ...more: string[]) =>
    captured(cios, [command, '--region-data', 'region-data.json', '--flocks', 'flocks', ...more], {
      cwd: folder,
    });

  beforeAll(() => {
    good = files({
      'region-data.json': regionData,
      ...flock('a', publishes('a-is-there')),
      ...flock('b', needs('a-is-there')),
    });
  });

  it('compiles every flock, without a region its targets alone', async () => {
    const { code, json } = await on(good, 'compile', '--json');
    expect(code).toBe(0);
    const { flocks } = json<{
      flocks: { name: string; targets: unknown[]; resources?: unknown[]; reads: string[] }[];
    }>();
    expect(flocks.map((f) => f.name)).toEqual(['a', 'b']);
    expect(flocks[0]).toEqual({
      name: 'a',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      diagnostics: [],
      reads: expect.arrayContaining(['local.all_regions[*].state']),
      targets: [
        { name: 'x-one', region: 'x-one', phase: null, environment: 'target' },
        { name: 'x-two', region: 'x-two', phase: null, environment: 'target' },
      ],
    });
  });

  it('compiles the resources of one region, by either name, with what they need and publish', async () => {
    const { json } = await on(good, 'compile', '--region', 'x1', '--json');
    const { flocks } = json<{ flocks: { resources: unknown[]; reads: string[] }[] }>();
    expect(flocks[0]!.resources).toContainEqual({
      address: 'capability.p',
      target: 'x-one',
      type: 'capability',
      dependsOn: ['infrastructure_component.y'],
      needs: [],
      publishes: ['a-is-there'],
    });
    expect(flocks[1]!.resources).toMatchObject([
      { address: 'infrastructure_component.x', needs: ['a-is-there'] },
    ]);
    expect(flocks[1]!.reads).toContain('local.region.city');
  });

  it('orders all nodes of an acyclic graph, predecessors first', async () => {
    const { code, json } = await on(good, 'graph', '--region', 'x-one', '--json');
    expect(code).toBe(0);
    const { nodes, edges, order, findings } = json<Graph>();
    expect(findings).toEqual([]);
    expect([...order].sort()).toEqual(nodes.map((n) => n.id).sort());
    for (const { from, to } of edges) expect(order.indexOf(from)).toBeLessThan(order.indexOf(to));
    expect(nodes.find((n) => n.kind === 'capability')!.id).toMatch(/a-is-there$/);
    for (const node of nodes) expect(Object.keys(node)).toEqual(['id', 'kind', 'flock', 'target']);
  });

  it('condenses the fleet to its flocks', async () => {
    const { nodes, edges } = (await on(good, 'graph', '--json')).json<Graph>();
    expect(nodes.filter((n) => n.kind === 'flock').map((n) => n.id)).toEqual(['a', 'b']);
    expect(edges.some((e) => e.from === 'a')).toBe(true);
  });

  it('takes capabilities that an adopted region lists as available', async () => {
    const folder = files({
      'region-data.json': regionData,
      ...flock('a', needs('given', 'region = "x-two"')),
      ...flock('b', needs('early', 'region = "x-two"\n  environment = "vibe"')),
      ...flock('c', needs('early', 'region = "x-two"')),
    });
    const { findings } = (await on(folder, 'graph', '--region', 'x-one', '--json')).json<Graph>();
    const orphans = findings.filter((f) => f.kind === 'orphaned-capability');
    expect(orphans).toHaveLength(1);
    expect(orphans[0]!.nodes).toContain('x1/target/c/x-one/infrastructure_component.x');
  });

  it('ends with status 1 where a flock does not compile, and still tells of the others', async () => {
    const folder = files({
      'region-data.json': regionData,
      ...flock('a', publishes('x')),
      'flocks/broken/flock.hcl': 'flock "broken" { owners = ["b@example.com"] }\nresource "nonsense" {\n',
      'flocks/nameless/main.hcl': 'locals { a = 1 }\n',
    });
    const { code, json } = await on(folder, 'compile', '--json');
    const { flocks } = json<{
      flocks: { name: string; diagnostics: { severity: string; subject?: { filename: string } }[] }[];
    }>();
    expect(code).toBe(1);
    expect(flocks.filter((f) => f.diagnostics.length > 0).map((f) => f.name)).toEqual(['broken', 'nameless']);
    expect(flocks.find((f) => f.name === 'broken')!.diagnostics[0]!.subject!.filename).toBe(
      'flocks/broken/flock.hcl',
    );
    const told = await on(folder, 'compile');
    expect(told.out).toMatch(/Error: .*\n│\n│ {3}--> flocks\/broken\/flock\.hcl:2:/);
    expect(told.out).toContain('next:');
  });

  it('tells of a file that is no UTF-8, and of the other flocks', async () => {
    const folder = files({ 'region-data.json': regionData, ...flock('a', publishes('x')) });
    mkdirSync(join(folder, 'flocks/b'));
    writeFileSync(join(folder, 'flocks/b/flock.hcl'), Buffer.from('flock "b" {}', 'utf16le'));
    writeFileSync(join(folder, 'flocks/b/other.hcl'), Buffer.from([0xff, 0xfe]));
    const { code, json } = await on(folder, 'compile', '--json');
    const { flocks } = json<{
      flocks: { name: string; targets: unknown[]; diagnostics: { code: string }[] }[];
    }>();
    expect([code, flocks.map((f) => [f.name, f.targets.length])]).toEqual([
      1,
      [
        ['a', 2],
        ['b', 0],
      ],
    ]);
    expect(flocks[1]!.diagnostics.map((d) => d.code)).toContain('hcl/invalid-token');
  });

  it('lints what compiles', async () => {
    const { code, json } = await on(good, 'lint', '--json');
    expect([
      code,
      json<{ flocks: { diagnostics: unknown[] }[] }>().flocks.flatMap((f) => f.diagnostics),
    ]).toEqual([0, []]);
  });

  describe('lint', () => {
    const dubious = {
      'region-data.json': regionData,
      'flocks/c/flock.hcl': `flock "c" { owners = ["c@example.com"] }
locals {
  soon = [for r in local.all_regions : r if r.state == "building"]
}
resource "execution_target" "t" {
  name   = "t"
  region = "x-one"
}
`,
    };
    const codes = (found: { flocks: { diagnostics: { code: string }[] }[] }): string[] =>
      found.flocks.flatMap((f) => f.diagnostics.map((d) => d.code)).sort();
    const expected = ['hard-coded-region', 'lint/near-miss-state', 'lint/unused-local'];

    it('says place, lines and fix of each finding, with and without region data', async () => {
      const folder = files(dubious);
      const { code, json } = await on(folder, 'lint', '--json');
      expect([code, codes(json())]).toEqual([0, expected]);
      expect(json<{ flocks: { diagnostics: unknown[] }[] }>().flocks[0]!.diagnostics).toContainEqual(
        expect.objectContaining({
          code: 'lint/near-miss-state',
          snippet: '  soon = [for r in local.all_regions : r if r.state == "building"]',
          fix: 'Write "Building".',
          subject: expect.objectContaining({ filename: 'flocks/c/flock.hcl' }),
        }),
      );
      const alone = await captured(cios, ['lint', '--flocks', 'flocks', '--json'], { cwd: folder });
      expect([alone.code, codes(alone.json())]).toEqual([0, expected]);
    });

    it('fails where asked to be strict', async () => {
      const { code } = await on(files(dubious), 'lint', '--strict');
      expect(code).toBe(1);
    });
  });

  describe('--format', () => {
    const placed = JSON.stringify({
      ...(JSON.parse(regionData) as object),
      execution_targets: ['x-one', 'x-two'].map((region) => ({ name: `${region}-1`, region })),
    });
    const broken = {
      'region-data.json': placed,
      'flocks/c/flock.hcl': `flock "c" { owners = ["c@example.com"] }
locals {
  a = 1
  a = 2
  "é" = locla.b
}
resource "execution_target" "t" {
  name   = /* é👩‍👩‍👧 */ locla.b
  region = "x-one"
}
`,
    };

    it('prints a line for each diagnostic, and nothing else', async () => {
      const { code, out } = await on(files(broken), 'compile', '--format', 'lines');
      expect(code).toBe(1);
      const lines = out.trimEnd().split('\n');
      expect(lines[0]).toMatch(
        /^flocks\/c\/flock\.hcl:4:3: error: Attribute redefined: The argument "a" .* \[hcl\/attribute-redefined\]$/,
      );
      expect(lines[1]).toBe('flocks/c/flock.hcl:3:3: note: the first definition');
      for (const line of lines)
        expect(line).toMatch(/^flocks\/c\/flock\.hcl:\d+:\d+: (?:error|warning|note): /);
    });

    it('prints annotations of GitHub', async () => {
      const { out } = await on(files(broken), 'compile', '--format', 'github');
      expect(out.split('\n')[0]).toMatch(
        /^::error file=flocks\/c\/flock\.hcl,line=4,col=3,endLine=4,endColumn=4,title=Attribute redefined::The argument/,
      );
      expect(
        out
          .trimEnd()
          .split('\n')
          .every((line) => /^::(?:error|warning) file=/.test(line)),
      ).toBe(true);
    });

    it('prints what a language server would publish', async () => {
      const folder = files(broken);
      const { json } = await on(folder, 'compile', '--format', 'editor');
      const [published, ...others] = json<{ uri: string; diagnostics: Record<string, unknown>[] }[]>();
      expect(others).toEqual([]);
      const { uri, diagnostics } = published!;
      expect(uri).toBe(pathToFileURL(join(folder, 'flocks/c/flock.hcl')).href);
      expect(diagnostics[0]).toEqual({
        range: { start: { line: 3, character: 2 }, end: { line: 3, character: 3 } },
        severity: 1,
        code: 'hcl/attribute-redefined',
        source: 'cios',
        message: expect.stringContaining('Attribute redefined: The argument "a"'),
        relatedInformation: [
          {
            location: { uri, range: { start: { line: 2, character: 2 }, end: { line: 2, character: 3 } } },
            message: 'the first definition',
          },
        ],
      });
    });

    it('has nothing to print where nothing is wrong', async () => {
      const folder = files({ 'region-data.json': placed, ...flock('a', publishes('a-is-there')) });
      expect(await on(folder, 'compile', '--format', 'lines')).toMatchObject({ code: 0, out: '' });
      expect(await on(folder, 'lint', '--format', 'editor')).toMatchObject({ code: 0, out: '[]\n' });
    });

    it.each([
      [['--format', 'xml'], 'cli/invalid-argument'],
      [['--format', 'lines', '--json'], 'cli/conflicting-option'],
      [['--format', 'lines', '--explain'], 'cli/conflicting-option'],
    ])('refuses %j', async (options, code) => {
      const refused = await on(good, 'compile', ...options);
      expect([refused.code, refused.out + refused.err]).toEqual([1, expect.stringContaining(code)]);
    });
  });

  describe('compile --explain', () => {
    it('tells which entries passed which filter, and by which values', async () => {
      const { code, json } = await on(good, 'compile', '--explain', '--flock', 'b', '--json');
      expect(code).toBe(0);
      expect(json<{ flocks: unknown[] }>().flocks).toEqual([
        {
          flock: 'b',
          diagnostics: [],
          blocks: [
            {
              address: 'execution_target.t',
              range: expect.objectContaining({ filename: 'flocks/b/flock.hcl' }),
              repetition: {
                by: 'for_each',
                expression: '{ for r in local.all_regions : r.name => r if r.state != "none" }',
                keys: ['x-one', 'x-two'],
              },
              filters: [
                {
                  in: 'for_each',
                  range: expect.anything(),
                  collection: 'local.all_regions',
                  condition: 'r.state != "none"',
                  entries: [
                    ['x-one', 'Building'],
                    ['x-two', 'Production'],
                  ].map(([entry, value]) => ({
                    entry,
                    passed: true,
                    reads: [{ read: 'r.state', path: 'local.all_regions[*].state', value }],
                  })),
                },
              ],
              targets: ['x-one', 'x-two'].map((name) => ({
                address: `execution_target.t["${name}"]`,
                name,
                region: name,
                environment: 'target',
                phase: null,
              })),
            },
          ],
        },
      ]);
    });

    it('is readable on a terminal', async () => {
      const { out } = await on(good, 'compile', '--explain', '--flock', 'a');
      expect(out).toContain('for_each: local.all_regions if r.state != "none"');
      expect(out).toContain('passed by r.state = "Building": x-one');
      expect(out).not.toContain('flocks/b/');
    });

    it('refuses a flock that is not there', async () => {
      const { code, json } = await on(good, 'compile', '--explain', '--flock', 'z', '--json');
      expect([code, json<{ code: string }>().code]).toEqual([1, 'cli/unknown-flock']);
    });
  });

  it('names the place of an error in region data', async () => {
    const folder = files({ 'region-data.json': '{"realms": [{"name": 1}]}', ...flock('a', '') });
    const { code, json } = await on(folder, 'compile', '--json');
    expect(code).toBe(1);
    expect(json()).toMatchObject({
      code: 'region-data/invalid',
      message: expect.stringContaining('region-data.json:1:'),
    });
  });
});

describe('refusals of the command line', () => {
  const cases: [string[], string][] = [
    [['no-such-command', '--json'], 'cli/unknown-command'],
    [['compile', '--no-such-option', '--json'], 'cli/unknown-option'],
    [['compile', '--json'], 'cli/missing-option'],
    [['compile', '--region-data', 'absent.json', '--flocks', '.', '--json'], 'cli/no-such-file'],
    [['region', '--json'], 'cli/unknown-option'],
    [['region', 'show', '--json'], 'cli/missing-argument'],
    [['region', 'list', '--data', '/nowhere', '--json'], 'cli/no-installation'],
    [['region', 'list', '--url', 'http://127.0.0.1:1', '--token', 't', '--json'], 'cli/no-installation'],
    [['region', 'list', '--url', 'http://127.0.0.1:1', '--json'], 'cli/no-token'],
    [['region', 'edit', 'x', '--set', 'novalue', '--json'], 'cli/invalid-option'],
    [['audit', 'verify', '--data', '/nowhere', '--json'], 'audit/no-record'],
    [['audit', 'replay', '--at', 'yesterday', '--json'], 'audit/invalid-point'],
    [['audit', 'diff', '--json'], 'cli/missing-option'],
    [['up', '--port', 'x', '--json'], 'cli/invalid-option'],
    [
      ['version-set', 'golden', 'x', '--url', 'http://127.0.0.1:1', '--token', 't', '--json'],
      'cli/invalid-argument',
    ],
    [['fmt', 'absent.hcl', '--json'], 'cli/no-such-file'],
  ];
  it.each(cases)('%j is refused with %s', async (args, code) => {
    const answer = await captured(cios, args);
    expect(answer.code).toBe(1);
    expect(answer.json()).toMatchObject({ code, message: expect.any(String), fix: expect.any(String) });
    expect(answer.out + answer.err).not.toMatch(/\n\s+at /);
  });

  it('says to people what to do next', async () => {
    const { code, out, err } = await captured(cios, ['region', 'list', '--data', '/nowhere']);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^refused: .*\(cli\/no-installation\)\nnext: start one: cios up --data \/nowhere\n$/);
  });

  it('lists its commands, and prints its version', async () => {
    expect((await captured(cios, [])).out).toContain('compile flocks against region data');
    expect(await captured(cios, ['--version'])).toMatchObject({ code: 0, out: '0.1.0\n' });
    expect((await captured(cios, ['region', 'edit', '--help'])).out).toContain('--ticket');
  });
});

describe('cios eval', () => {
  it('answers each case on a line of its own, in order, whatever is wrong with it', async () => {
    const input = [
      '{"variables":{"x":{"type":"number","value":2}}}',
      '{"id":"a","expr":"x + 1","kind":"expression"}',
      '{"id":"b","expr":"x is ${x}, y is ${y}","kind":"template","variables":{"y":{"type":"string","value":"why"}}}',
      'not json',
      '{"id":"c","expr":"x +"}',
      '{"id":"d","expr":7}',
    ].join('\n');
    const { code, out } = await captured(cios, ['eval', '--batch'], { input });
    const answers = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(code).toBe(0);
    expect(answers.map((a) => [a['id'], a['error']])).toEqual([
      ['a', false],
      ['b', false],
      [null, true],
      ['c', true],
      ['d', true],
    ]);
    expect(answers[0]).toMatchObject({ type: 'number', value: 3, diags: [] });
    expect(answers[1]).toMatchObject({ type: 'string', value: 'x is 2, y is why' });
  });

  it('goes on after a case at which it fails itself', async () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const input = `{"id":"a","expr":"x","variables":{"x":{"type":${deep},"value":1}}}\n{"id":"b","expr":"1"}\n`;
    const { code, out } = await captured(cios, ['eval', '--batch'], { input });
    expect(code).toBe(0);
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toMatchObject([
      { id: 'a', error: true, diags: [{ summary: 'Internal fault' }] },
      { id: 'b', error: false, value: 1 },
    ]);
  });

  it('evaluates one expression with variables', async () => {
    expect((await captured(cios, ['eval', 'upper(x)', '--var', 'x=hello'])).out).toBe('"HELLO"\n');
    expect(await captured(cios, ['eval', 'nope(1)'])).toMatchObject({
      code: 1,
      out: expect.stringContaining('│   1 │ nope(1)\n│     │ ^^^^\n'),
    });
  });
});

describe('cios init and fmt', () => {
  it('lays out all native files within a folder', async () => {
    const cwd = files({ 'd/b.hcl': 'a=1\n', 'd/e/a.hcl': 'a=1\n', 'd/c.txt': 'a=1\n', 'd/d.hcl': 'a = 1\n' });
    const { json } = await captured(cios, ['fmt', 'd', '--json'], { cwd });
    expect(json()).toEqual({ changed: [join('d', 'b.hcl'), join('d', 'e', 'a.hcl')] });
    expect(readFileSync(join(cwd, 'd', 'e', 'a.hcl'), 'utf8')).toBe('a = 1\n');
    expect((await captured(cios, ['fmt', '--check', 'd'], { cwd })).code).toBe(0);
  });

  it('writes a starter that compiles, and never writes over anything', async () => {
    const cwd = files({});
    const first = await captured(cios, ['init', 'cloud', '--json'], { cwd });
    expect(first.json()).toEqual({ folder: 'cloud', files: ['flocks/hello/flock.hcl', 'region-data.yaml'] });
    const compiled = await captured(
      cios,
      [
        'compile',
        '--region-data',
        'region-data.yaml',
        '--flocks',
        'flocks',
        '--region',
        'us-portland-1',
        '--json',
      ],
      { cwd: join(cwd, 'cloud') },
    );
    expect(compiled.code).toBe(0);
    expect((await captured(cios, ['init', 'cloud', '--json'], { cwd })).json()).toMatchObject({
      code: 'cli/file-exists',
    });
  });

  it('lays out files in place, and only tells with --check', async () => {
    const cwd = files({ 'a.hcl': 'a=1\nbcd = 2\n', 'b.hcl': 'a = [1,\n' });
    expect(await captured(cios, ['fmt', '--check', 'a.hcl'], { cwd })).toMatchObject({ code: 1 });
    expect((await captured(cios, ['fmt', 'a.hcl'], { cwd })).code).toBe(0);
    expect(readFileSync(join(cwd, 'a.hcl'), 'utf8')).toBe('a   = 1\nbcd = 2\n');
    expect(await captured(cios, ['fmt', 'b.hcl', '--json'], { cwd })).toMatchObject({ code: 1 });
    expect(await captured(cios, ['fmt', '-'], { cwd, input: 'a=1\n' })).toMatchObject({
      code: 0,
      out: 'a = 1\n',
    });
  });

  it('shows with --diff the lines that change, in place, with --check and of standard input', async () => {
    const text = 'a=1\n\nblock {\n}\n';
    const cwd = files({ 'a.hcl': text });
    const lines = '- a=1\n+ a = 1\n  \n  block {\n  }\n';
    const checked = await captured(cios, ['fmt', '--check', '--diff', 'a.hcl'], { cwd });
    expect([checked.code, checked.out]).toEqual([1, expect.stringContaining(`a.hcl\n${lines}`)]);
    expect(readFileSync(join(cwd, 'a.hcl'), 'utf8')).toBe(text);
    const piped = await captured(cios, ['fmt', '--diff', '-'], { cwd, input: text });
    expect([piped.code, piped.out]).toEqual([0, `-\n${lines}`]);
    const { json } = await captured(cios, ['fmt', '--diff', 'a.hcl', '--json'], { cwd });
    expect(json()).toMatchObject({
      changed: ['a.hcl'],
      diffs: [{ file: 'a.hcl', hunks: [{ kind: 'removed', lines: ['a=1'] }, { kind: 'added' }, {}] }],
    });
    expect(readFileSync(join(cwd, 'a.hcl'), 'utf8')).toBe('a = 1\n\nblock {\n}\n');
  });

  it('lays out the other files where one does not parse, and tells of all that do not', async () => {
    const cwd = files({ 'a.hcl': 'a = [1,\n', 'b.hcl': 'a=1\n', 'c.hcl': 'a = \n' });
    const { code, json } = await captured(cios, ['fmt', 'a.hcl', 'b.hcl', 'c.hcl', '--json'], { cwd });
    expect([code, json()]).toEqual([
      1,
      expect.objectContaining({
        code: 'fmt/does-not-parse',
        message: expect.stringMatching(/^a\.hcl:.* Nor do: c\.hcl\.$/),
        details: { changed: ['b.hcl'], diagnostics: expect.any(Array) },
      }),
    ]);
    expect(readFileSync(join(cwd, 'b.hcl'), 'utf8')).toBe('a = 1\n');
  });
});

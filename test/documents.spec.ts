import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const entry = {
  type: 'LampLit',
  context: 'lamps',
  stream: 'lamp-<name>',
  description: 'A lamp shines.',
  schema: { type: 'object', required: ['lamp'], properties: { lamp: { type: 'string' } } },
  example: { lamp: 'hall' },
};
const row = (id: string, tested: string): string => `| ${id} | what it is | ${tested} |`;
const sound: Readonly<Record<string, string>> = {
  'scripts/feature-ids.json': '["C-01", "C-02"]',
  'libs/lamps/lamp.spec.ts':
    "describe('a lamp', () => { it.each(['a', 'b'])('can be lit (%s)', () => {}); });",
  'docs/coverage.md': [
    row('C-01', '`libs/lamps/lamp.spec.ts`: "can be lit (%s)"'),
    row('C-02', 'to come (issue: lamps)'),
  ].join('\n'),
  'eventstore/catalogue/lamps/LampLit.json': JSON.stringify(entry),
  'libs/compilation/domain/schema/flock-schema.ts': 'export const flockSchema: readonly object[] = [];',
  'docs/architecture.md': '# Lamps\n\n## Events\n',
  'README.md': '# Lamps\n\n[coverage](docs/coverage.md), [top](#lamps)\n',
};

/** Writes a small project and runs a script in it. */
function run(file: string, files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'cios-documents-'));
  folders.push(folder);
  for (const [path, text] of Object.entries({ ...sound, ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [resolve(file)], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, said: stderr + stdout, folder };
}

/** The pages that scripts write, as they write them for the small project. */
function generatedPages(): Readonly<Record<string, string>> {
  const pages = ['docs/events.md', 'docs/flock-reference.md', 'docs/flock-schema.json'] as const;
  const folders = [
    run('scripts/generate-events-doc.mjs', {}).folder,
    run('scripts/generate-flock-reference.mjs', {}).folder,
  ];
  return Object.fromEntries(
    pages.map((page, i) => [page, readFileSync(join(folders[Math.min(i, 1)]!, page), 'utf8')]),
  );
}
let generated: Readonly<Record<string, string>> | undefined;

/** What the check says of a project that is sound but for `files`. */
function check(files: Readonly<Record<string, string>>) {
  generated ??= generatedPages();
  const { status, said } = run('scripts/check-docs.mjs', { ...generated, ...files });
  return { status, said };
}

describe('the check of documents', () => {
  it('lets sound documents pass', () => {
    expect(check({})).toEqual({
      status: 0,
      said: 'documents hold: 2 features, 4 links, 0 console blocks\n',
    });
  });

  it.each([
    ['a missing row', { 'docs/coverage.md': row('C-01', 'to come (issue: lamps)') }, 'no row for C-02'],
    [
      'a row twice',
      { 'docs/coverage.md': `${sound['docs/coverage.md']!}\n${row('C-01', 'to come (x)')}` },
      'C-01 has a second row',
    ],
    [
      'a row of nothing',
      { 'docs/coverage.md': `${sound['docs/coverage.md']!}\n${row('Z-09', 'to come (x)')}` },
      'Z-09 is no feature',
    ],
    [
      'an empty cell',
      { 'docs/coverage.md': [row('C-01', 'later'), row('C-02', '')].join('\n') },
      'neither a test',
    ],
    [
      'a test that does not exist',
      { 'libs/lamps/lamp.spec.ts': "it('can be dimmed', () => {});" },
      'has no test "can be lit (%s)"',
    ],
    [
      'a test that is skipped',
      { 'libs/lamps/lamp.spec.ts': "it.skip('can be lit (%s)', () => {});" },
      'has no test "can be lit (%s)"',
    ],
    [
      'a test file that does not exist',
      { 'docs/coverage.md': row('C-01', '`libs/none.spec.ts`: "x"') },
      'libs/none.spec.ts does not exist',
    ],
    ['a dead link', { 'README.md': '[x](docs/nowhere.md)' }, 'docs/nowhere.md leads nowhere'],
    ['a dead anchor', { 'README.md': '[x](docs/coverage.md#nothing)' }, 'no such heading'],
    ['a console block without a build', { 'README.md': '```console run\n$ echo x\n```\n' }, 'need a build'],
    [
      'a console block that prints something else',
      { 'dist/x': '', 'README.md': '```console run\n$ echo x\ny\n```\n' },
      '`echo x` printed',
    ],
  ])('finds %s', (_, files, complaint) => {
    const { status, said } = check(files);
    expect(said).toContain(complaint);
    expect(status).toBe(1);
  });

  it('runs console blocks as one session, with … for what differs', () => {
    const page =
      '```console run\n$ mkdir a\n$ cd a\n$ (echo "pid $$"; sleep 30) &\npid …\n$ echo one; echo two; echo three\none\n…\nthree\n```\n';
    expect(check({ 'dist/x': '', 'README.md': page })).toMatchObject({ status: 0 });
  });

  it('finds a flock reference that differs from the schema', () => {
    const { status, said } = check({ 'docs/flock-reference.md': '# Flock reference\n' });
    expect(said).toContain('docs/flock-reference.md: differs from the flock schema');
    expect(status).toBe(1);
  });

  it('finds an events page that differs from the catalogue', () => {
    const { status, said } = check({ 'docs/events.md': '# Events\n' });
    expect(said).toContain('docs/events.md: differs from eventstore/catalogue');
    expect(status).toBe(1);
  });
});

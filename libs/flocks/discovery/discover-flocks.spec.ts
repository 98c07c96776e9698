import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { discoverFlocks } from './discover-flocks.js';

describe('discovery of flocks', () => {
  let folder: string;
  const put = async (files: Readonly<Record<string, string>>): Promise<void> => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flocks-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('finds each folder with a flock block, what belongs to it, and its artifacts', async () => {
    await put({
      'dns/flock.hcl': 'flock "dns" {\n  owners = ["dns@example.com"]\n}\n',
      'dns/resources.hcl':
        'resource "infrastructure_component" "vm" { kind = "vm" }\nresource "artifact_deployment" "d" {\n  artifact = "server"\n  components = [infrastructure_component.vm]\n}\n',
      'dns/templates/zone.txt': 'x',
      'dns/artifacts/server.tar.gz': 'bytes',
      'dns/inner/flock.hcl': 'flock "inner" { owners = ["i"] }\n',
      '.git/flock.hcl': 'flock "hidden" { owners = ["h"] }\n',
    });
    const { flocks, problems } = await discoverFlocks(folder);
    expect(problems).toEqual([]);
    expect(flocks.map((f) => [f.name, f.folder, [...f.files.keys()]])).toEqual([
      ['dns', 'dns', ['flock.hcl', 'resources.hcl', 'templates/zone.txt']],
      ['inner', 'dns/inner', ['flock.hcl']],
    ]);
    const [dns] = flocks;
    expect(dns!.artifacts.map((a) => [a.name, a.bytes])).toEqual([['server', 5]]);
    expect(dns!.description).toMatchObject({
      owners: ['dns@example.com'],
      infrastructure: ['infrastructure_component.vm'],
      artifacts: ['server'],
      resources: ['artifact_deployment.d'],
    });
  });

  it('finds flocks in the JSON syntax, also where they do not parse', async () => {
    await put({
      'a/flock.hcl.json':
        '{"flock": {"a": {"owners": ["o"]}}, "data": {"capability": {"n": {"name": "net"}}}}',
      'b/flock.hcl.json': '{"flock": {"b": {"owners": ["o",]}}}',
    });
    const { flocks, problems } = await discoverFlocks(folder);
    expect(problems).toEqual([]);
    expect(flocks.map((f) => [f.name, f.description.needs])).toEqual([
      ['a', ['net']],
      ['b', []],
    ]);
  });

  it('derives the version from the content alone', async () => {
    await put({
      'a/flock.hcl': 'flock "a" { owners = ["a"] }\n',
      'b/flock.hcl': 'flock "a" { owners = ["a"] }\n',
    });
    const { flocks, problems } = await discoverFlocks(folder);
    expect(flocks[0]!.version).toBe(flocks[1]!.version);
    expect(problems.map((p) => p.code)).toEqual(['discovery/duplicate-flock']);
  });

  it('takes the folder itself, and one whose file does not parse, for what its block says', async () => {
    await put({ 'flock.hcl': 'flock "top" {\n  owners = [\n}\n' });
    const { flocks } = await discoverFlocks(folder);
    expect(flocks.map((f) => [f.name, f.folder])).toEqual([['top', '']]);
  });

  it('says which files belong to nobody, and that there is no such folder', async () => {
    await put({
      'stray/x.hcl': 'locals {}\n',
      'f/flock.hcl': 'flock "f" { owners = ["f"] }\n',
      'f/artifacts/dir/x': '1',
    });
    const { problems } = await discoverFlocks(folder);
    expect(problems.map((p) => p.code).sort()).toEqual([
      'discovery/artifact-is-no-file',
      'discovery/no-flock',
    ]);
    expect((await discoverFlocks(join(folder, 'nowhere'))).problems.map((p) => p.code)).toEqual([
      'discovery/no-folder',
    ]);
  });
});

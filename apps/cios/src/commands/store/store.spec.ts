import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, path } from '../../cli/client.js';
import { installationOn } from '../../cli/installation.js';
import { smallRegionData } from '../../testing/small-fleet.js';

const sources = [
  '--conditions',
  'cios-source',
  '--import',
  resolve('scripts/typescript.mjs'),
  resolve('apps/cios/src/main.ts'),
];
const root = mkdtempSync(join(tmpdir(), 'cios-store-'));
const data = join(root, 'data');
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('CIOS_')));
const secret = 'a-name-that-must-go';

interface Ran {
  readonly code: number | null;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** A `cios` of its own process. */
function cios(...args: readonly string[]): Ran {
  const { status, stdout } = spawnSync(process.execPath, [...sources, ...args, '--json'], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  return { code: status, text: stdout, json: JSON.parse(stdout.trim().split('\n').at(-1)!) as Ran['json'] };
}

/** The same while this process goes on. */
async function ciosMeanwhile(...args: readonly string[]): Promise<Ran> {
  const child = spawn(process.execPath, [...sources, ...args, '--json'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  return { code, text, json: JSON.parse(text.trim().split('\n').at(-1)!) as Ran['json'] };
}

let server: ChildProcess | null = null;

async function up(folder: string): Promise<Client> {
  const child = spawn(process.execPath, [...sources, 'up', '--data', folder, '--port', '0', '--json'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  server = child;
  await new Promise<void>((ready, failed) => {
    child.stdout.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('"ready":true')) ready();
    });
    child.once('exit', () => {
      failed(new Error('cios up ended'));
    });
  });
  return new Client(installationOn(folder)!);
}

async function down(): Promise<void> {
  const child = server;
  server = null;
  if (!child || child.exitCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await gone;
}

function holds(folder: string, text: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && readFileSync(join(file.parentPath, file.name)).includes(text))
    .map((file) => file.name);
}

const edit = (client: Client, notes: string) =>
  client.patch(path`/v1/regions/${'region-one'}`, { notes }, { ticket: 'CHG-1' });

beforeAll(async () => {
  const client = await up(data);
  await client.post(
    '/v1/region-data/import',
    { text: smallRegionData, filename: 'region-data.json' },
    { ticket: 'CHG-1' },
  );
  await edit(client, secret);
  await down();
}, 120_000);
afterEach(down);
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('cios store', () => {
  it('copies a store that is being written to one that is equal, and from which everything goes on', async () => {
    const client = await up(data);
    let [running, edits] = [true, 0];
    const load = (async () => {
      while (running) await edit(client, `edit ${(edits += 1)}`);
    })();
    const backup = await ciosMeanwhile('store', 'backup', data, '--to', 'backup');
    running = false;
    await load;
    await down();
    expect(backup).toMatchObject({ code: 0, json: { intact: true, findings: [] } });
    expect(edits).toBeGreaterThan(2);
    expect(readdirSync(join(root, 'backup')).sort()).toEqual([
      'access',
      'backup.json',
      'blobs',
      'events',
      'read',
      'world',
    ]);
    expect(cios('store', 'verify', 'backup')).toMatchObject({ code: 0, json: { root: backup.json['root'] } });

    expect(cios('store', 'restore', 'backup', 'restored')).toMatchObject({
      code: 0,
      json: { root: backup.json['root'] },
    });
    expect(cios('store', 'verify', '--data', 'restored')).toMatchObject({
      code: 0,
      json: { intact: true, root: backup.json['root'], position: backup.json['position'] },
    });
    expect(cios('audit', 'replay', '--data', 'restored')).toMatchObject({
      code: 0,
      json: { states: { 'region-one': 'none' } },
    });
    expect(readFileSync(join(root, 'restored', 'access', 'admin-token'))).toEqual(
      readFileSync(join(data, 'access', 'admin-token')),
    );
    expect(statSync(join(root, 'restored', 'access', 'admin-token')).mode & 0o077).toBe(0);

    const restored = await up(join(root, 'restored'));
    const { position } = await edit(restored, 'goes on');
    expect(await restored.get(path`/v1/regions/${'region-one'}`, { after: position })).toMatchObject({
      notes: 'goes on',
    });
    await down();
  }, 120_000);

  it('writes over nothing', () => {
    mkdirSync(join(root, 'full'));
    writeFileSync(join(root, 'full', 'mine'), '');
    expect(cios('store', 'backup', data, '--to', 'full')).toMatchObject({
      code: 1,
      json: { code: 'store/not-empty' },
    });
    expect(cios('store', 'restore', 'backup', 'full')).toMatchObject({
      code: 1,
      json: { code: 'store/not-empty' },
    });
    expect(readdirSync(join(root, 'full'))).toEqual(['mine']);
    expect(cios('store', 'restore', 'full', 'elsewhere')).toMatchObject({
      code: 1,
      json: { code: 'store/no-backup' },
    });
    expect(cios('store', 'backup', 'nowhere', '--to', 'elsewhere')).toMatchObject({
      code: 1,
      json: { code: 'store/no-store' },
    });
    expect(existsSync(join(root, 'nowhere'))).toBe(false);
  }, 60_000);

  it('names a flipped byte, and restores nothing from it', () => {
    const file = join(root, 'backup', 'events', 'events.mdb');
    const bytes = readFileSync(file);
    const at = bytes.indexOf(secret);
    expect(at).toBeGreaterThan(0);
    bytes[at]! ^= 1;
    writeFileSync(file, bytes);
    const verified = cios('store', 'verify', 'backup');
    expect(verified).toMatchObject({
      code: 1,
      json: {
        intact: false,
        findings: expect.arrayContaining([expect.objectContaining({ kind: 'record' })]),
      },
    });
    expect(cios('store', 'restore', 'backup', 'again')).toMatchObject({
      code: 1,
      json: { code: 'store/damaged-backup' },
    });
    expect(readdirSync(join(root, 'again'))).toEqual([]);
    bytes[at]! ^= 1;
    writeFileSync(file, bytes);
    expect(cios('store', 'verify', 'backup').code).toBe(0);
  }, 60_000);

  it('redacts an event for good: its chain holds, its data is nowhere, and the server goes on', async () => {
    const exported = spawnSync(process.execPath, [...sources, 'audit', 'export', '--data', data], {
      cwd: root,
      env,
      encoding: 'utf8',
    });
    // The edit that brought it, and the next one, which tells what it replaced.
    const found = exported.stdout
      .split('\n')
      .filter((line) => line.includes(secret))
      .map((line) => JSON.parse(line) as { readonly id: string; readonly position: string });
    const { id, position } = found[0]!;
    expect(holds(data, secret)).toContain('events.mdb');

    await up(data);
    const writer = installationOn(data)!.pid;
    expect(cios('store', 'redact', position, '--ticket', 'CHG-9', '--data', data)).toMatchObject({
      code: 1,
      json: { code: 'event-store/in-use', details: { pid: writer } },
    });
    await down();
    expect(cios('store', 'redact', position, '--data', data)).toMatchObject({
      code: 1,
      json: { code: 'cli/missing-option' },
    });
    expect(cios('store', 'redact', '999999', '--ticket', 'CHG-9', '--data', data)).toMatchObject({
      code: 1,
      json: { code: 'store/unknown-event' },
    });

    expect(cios('store', 'redact', id, '--ticket', 'CHG-9', '--data', data)).toMatchObject({
      code: 0,
      json: { event: id, position },
    });
    for (const other of found.slice(1))
      expect(cios('store', 'redact', other.position, '--ticket', 'CHG-9', '--data', data).code).toBe(0);
    const verified = cios('store', 'verify', data);
    expect(verified).toMatchObject({
      code: 0,
      json: { intact: true, redactions: found.map((event) => ({ event: event.id, ticket: 'CHG-9' })) },
    });
    expect(holds(join(data, 'events'), secret)).toEqual([]);
    expect(existsSync(join(data, 'read')) ? holds(join(data, 'read'), secret) : []).toEqual([]);

    // Once more changes nothing, and the notice itself stays.
    expect(cios('store', 'redact', position, '--ticket', 'CHG-9', '--data', data).code).toBe(0);
    expect(cios('store', 'verify', data).json).toEqual(verified.json);
    const notice = String(verified.json['position']);
    expect(cios('store', 'redact', notice, '--ticket', 'CHG-9', '--data', data)).toMatchObject({
      code: 1,
      json: { code: 'event-store/not-redactable' },
    });

    const client = await up(data);
    const { position: after } = await edit(client, 'another');
    expect(await client.get(path`/v1/regions/${'region-one'}`, { after })).toMatchObject({
      notes: 'another',
    });
    await down();
    expect(cios('store', 'verify', data).code).toBe(0);
  }, 120_000);
});

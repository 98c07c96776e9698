import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ledgerKeys } from '../apps/cios/src/demo/ledger.js';
import { built } from './built.js';

const folder = mkdtempSync(join(tmpdir(), 'cios-demo-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Summary {
  readonly state: string;
  readonly releases: number;
  readonly operations: number;
  readonly capabilities: number;
  readonly seconds: number;
  readonly midBuild: Readonly<Record<string, number>>;
  readonly kill: Readonly<Record<string, number>>;
  readonly edit: { readonly recompiled: readonly string[] } & Readonly<Record<string, unknown>>;
}

/** Runs the command line in a process group of its own, as a terminal does. */
function start(...args: string[]) {
  const child = spawn(process.execPath, [built(), ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')));
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    child.on('close', (code) => {
      resolve({ code, out, err });
    });
  });
  return {
    ended,
    isOver: () => child.exitCode !== null,
    kill: async () => {
      process.kill(-child.pid!, 'SIGKILL');
      await ended;
    },
  };
}

const lastLine = (text: string) => JSON.parse(text.trim().split('\n').at(-1) ?? '') as Summary;

describe('cios demo', () => {
  const data = join(folder, 'resumed');
  let summary: Summary;

  it('goes on after it was killed, server and all, to the whole story: each effect once', async () => {
    const first = start('demo', '--json', '--data', data);
    while (!first.isOver() && ledgerKeys(data).length < 80) await sleep(50);
    await first.kill();
    const before = ledgerKeys(data);
    expect(before.length).toBeGreaterThanOrEqual(80);
    const { code, out, err } = await start('demo', '--resume', '--json', '--data', data).ended;
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
    summary = lastLine(out);
    const keys = ledgerKeys(data);
    expect(new Set(keys).size).toBe(keys.length);
    expect(before.filter((key) => !keys.includes(key))).toEqual([]);
    expect(summary).toMatchObject({
      state: 'Production',
      operations: keys.length,
      kill: { lost: 0, twice: 0 },
    });
    expect(summary.releases).toBeGreaterThanOrEqual(30);
    expect(summary.operations).toBeGreaterThanOrEqual(200);
    expect(summary.midBuild).toMatchObject({ removed: 0, redone: 0 });
    expect(summary.midBuild['added']).toBeGreaterThan(0);
    expect(summary.edit).toMatchObject({ add: 0, destroy: 0 });
    expect(summary.edit.recompiled.length).toBeGreaterThanOrEqual(3);
  }, 180_000);

  it('leaves a record from which the summary comes again, without a server', async () => {
    const { out } = await start('audit', 'replay', '--data', data, '--json').ended;
    const { state, releases, operations, capabilities, seconds, midBuild, edit } = summary;
    expect(lastLine(out)).toMatchObject({
      state,
      releases,
      operations,
      capabilities,
      seconds,
      midBuild,
      edit,
    });
  }, 60_000);

  it('leaves a record in which any altered value is found', async () => {
    expect((await start('audit', 'verify', '--data', data, '--json').ended).code).toBe(0);
    const copy = join(folder, 'altered');
    // A backup has no pages left over from before: what stands in it is in use.
    expect((await start('store', 'backup', data, '--to', copy).ended).code).toBe(0);
    const file = readdirSync(join(copy, 'events'))
      .map((name) => join(copy, 'events', name))
      .filter((path) => statSync(path).isFile())
      .find((path) => readFileSync(path).includes('Production'))!;
    const bytes = readFileSync(file);
    bytes.write('Xroduction', bytes.lastIndexOf('Production'), 'latin1');
    writeFileSync(file, bytes);
    const { code, out, err } = await start('audit', 'verify', '--data', copy, '--json').ended;
    expect(code).toBe(1);
    expect(lastLine(out)).toMatchObject({ intact: false });
    expect(err).not.toContain('node:internal');
  }, 60_000);
});

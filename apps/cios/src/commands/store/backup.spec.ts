import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { captured } from '#libs/command-line/testing';
import { cios } from '../../cli/program.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cios-backup-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('makes no backup inside the installation, and no folder where there is nothing to copy', async () => {
  const target = join(folder, 'copy');
  expect(await captured(cios, ['store', 'backup', folder, '--to', target])).toMatchObject({
    code: 1,
    err: expect.stringContaining('store/no-store'),
  });
  expect(existsSync(target)).toBe(false);
  mkdirSync(join(folder, 'events'));
  writeFileSync(join(folder, 'events', 'events.mdb'), '');
  expect(await captured(cios, ['store', 'backup', folder, '--to', target])).toMatchObject({
    code: 1,
    err: expect.stringContaining('store/inside'),
  });
  expect(existsSync(target)).toBe(false);
});

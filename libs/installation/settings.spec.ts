import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { listeningFrom, settingOf, settingsFrom } from './index.js';

const folder = mkdtempSync(join(tmpdir(), 'cios-settings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the settings of an app', () => {
  it('are embedded below a folder where nothing is said', () => {
    expect(settingsFrom({}, folder)).toEqual({
      data: folder,
      eventStore: `embedded:${join(folder, 'events')}`,
      readStore: `embedded:${folder}`,
      blobStore: `folder:${join(folder, 'blobs')}`,
      secrets: {},
      simulation: {},
    });
  });

  it('keep blobs in the MongoDB of the read models, unless told', () => {
    const env = { CIOS_READ_STORE: 'mongodb://store/cios?replicaSet=rs0' };
    expect(settingsFrom(env, folder).blobStore).toBe('mongodb://store/cios?replicaSet=rs0');
    expect(settingsFrom({ ...env, CIOS_BLOB_STORE: 'folder:/blobs' }, folder).blobStore).toBe(
      'folder:/blobs',
    );
  });

  it('come from files where a variable names one', () => {
    const file = join(folder, 'token');
    writeFileSync(file, 'a secret\n');
    expect(settingsFrom({ CIOS_ADMIN_TOKEN_FILE: file }, folder).secrets).toEqual({ adminToken: 'a secret' });
    expect(settingOf({ CIOS_X: 'itself', CIOS_X_FILE: file }, 'CIOS_X')).toBe('itself');
    expect(() => settingOf({ CIOS_X_FILE: join(folder, 'none') }, 'CIOS_X')).toThrow(/CIOS_X_FILE.*ENOENT/);
  });

  it('tell how often the log is sealed', () => {
    expect(settingsFrom({ CIOS_SEAL_MS: '3600000' }, folder).sealEveryMs).toBe(3_600_000);
    for (const wrong of ['often', '10', '1000.5', '-5000'])
      expect(() => settingsFrom({ CIOS_SEAL_MS: wrong }, folder)).toThrow(`${wrong} is no period`);
  });

  it('name an address and a port apart', () => {
    expect(listeningFrom({}, 7401)).toEqual({ host: '127.0.0.1', port: 7401 });
    expect(listeningFrom({ CIOS_LISTEN: '::', CIOS_PORT: '0' }, 7401)).toEqual({ host: '::', port: 0 });
    expect(() => listeningFrom({ CIOS_LISTEN: '0.0.0.0:4300' }, 7401)).toThrow('0.0.0.0:4300 names a port');
    expect(() => listeningFrom({ CIOS_PORT: 'http' }, 7401)).toThrow('http is no port');
  });
});

import { describe, expect, it } from '@jest/globals';
import { regionalSettingsFrom } from './regional-settings.js';

const env = { CIOS_COMMAND_API: 'http://localhost:7401', CIOS_REGIONAL_TOKEN: 'x'.repeat(32) };

describe('settings of a Regional', () => {
  it('need an address and a token', () => {
    expect(regionalSettingsFrom(env)).toMatchObject({ places: ['*'], workers: 24 });
    expect(regionalSettingsFrom({ ...env, CIOS_REGIONAL_PLACES: 'sea/vibe, sea/target' }).places).toEqual([
      'sea/vibe',
      'sea/target',
    ]);
    expect(() => regionalSettingsFrom({})).toThrow('CIOS_COMMAND_API is not set');
  });

  it.each([
    ['CIOS_COMMAND_API', 'notaurl'],
    ['CIOS_COMMAND_API', 'ftp://central'],
    ['CIOS_REGIONAL_PLACES', 'foo'],
    ['CIOS_REGIONAL_PLACES', 'sea/host'],
    ['CIOS_REGIONAL_WORKERS', 'x'],
  ])('are refused where they cannot be meant: %s=%s', (name, value) => {
    expect(() => regionalSettingsFrom({ ...env, [name]: value })).toThrow(`${name}: ${value}`);
  });
});

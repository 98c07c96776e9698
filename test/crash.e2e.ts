import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { crashRounds } from '../apps/cios/src/testing/index.js';
import { built } from './built.js';

const folder = mkdtempSync(join(tmpdir(), 'cios-crash-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('goes on to the same end after kill -9 at ten seeded moments, each effect once (npm run soak -- crash: 200)', async () => {
  const { problems, effects, builds } = await crashRounds({ main: built(), folder, rounds: 10, seed: 7 });
  expect(problems).toEqual([]);
  expect(effects).toBeGreaterThanOrEqual(16);
  expect(builds).toBeGreaterThan(1);
}, 180_000);

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { cutPower, powerCutsNeed } from './power-cut.js';

const missing = powerCutsNeed();

(missing ? it.skip : it)(
  `keeps every acknowledged event over ten cuts of the power${missing ? `: NOT RUN, ${missing}` : ''}`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'power-'));
    try {
      const found = await cutPower({ folder, cuts: 10, seed: 5, loadMs: 400 });
      expect(found.problems).toEqual([]);
      expect(found.acknowledged).toBeGreaterThan(100);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

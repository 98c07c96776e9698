import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { killWriters } from './kill.js';

it('keeps every acknowledged event once, in order and chained, over ten kills of its writer', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kill-'));
  try {
    const { problems, acknowledged, events } = await killWriters({ folder, rounds: 10, seed: 12 });
    expect(problems).toEqual([]);
    expect(acknowledged).toBeGreaterThan(100);
    expect(events).toBeGreaterThan(acknowledged);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { openEmbeddedEventStore } from '../adapters/embedded/index.js';
import { verifyStream } from '../chain.js';
import { collect } from './events.js';

const FILE_LIMIT_KIB = 800;
const canLimit = spawnSync('prlimit', ['--version']).status === 0;

/** A limit on the size of files stands for a disk without room; raising it stands for room again. */
(canLimit ? it : it.skip)(
  'refuses appends on a full disk, loses nothing, and goes on when there is room',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'full-'));
    try {
      const loader = new URL('../../../scripts/typescript.mjs', import.meta.url).href;
      const script = fileURLToPath(new URL('./full-writer.ts', import.meta.url));
      const node = [process.execPath, '--conditions', 'cios-source', '--import', loader, script, folder];
      const command = `ulimit -S -f ${FILE_LIMIT_KIB}; exec "$@"`;
      const child = spawn('bash', ['-c', command, 'bash', ...node], { stdio: ['ignore', 'pipe', 'ignore'] });
      let said = '';
      child.stdout.on('data', (chunk: Buffer) => {
        const wasFull = said.includes('FULL');
        said += chunk.toString();
        if (!wasFull && said.includes('FULL'))
          setTimeout(() => spawnSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited']), 300);
      });
      const code = await new Promise((resolve) => child.on('exit', resolve));
      expect({ code, said }).toMatchObject({
        code: 0,
        said: expect.stringMatching(/^LARGE .*nothing was stored.*\nFULL .*nothing was stored/),
      });
      const [, stored, refused] = /DONE (\d+) (\d+)/.exec(said)!.map(Number);
      expect(refused).toBeGreaterThan(0);
      const store = await openEmbeddedEventStore({ folder });
      const events = await collect(store.readAll());
      expect(events).toHaveLength(stored!);
      expect([...store.scan()].filter((s) => s.problem !== undefined)).toEqual([]);
      for (const stream of new Set(events.map((e) => e.stream))) {
        expect(verifyStream(events.filter((e) => e.stream === stream))).toBeNull();
      }
      await store.close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

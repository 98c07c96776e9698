import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { isOwnName } from '../../../libs/event-store/port/own-streams.js';

const sources = readdirSync('libs', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !/\.(spec|contract)\.ts$|\/testing\//.test(path))
  .map((path) => `libs/${path}`);

describe('the names of streams that nobody else may take', () => {
  it('are those that aggregates give theirs', async () => {
    const names: string[] = [];
    for (const path of sources) {
      const text = readFileSync(path, 'utf8');
      for (const [, prefix] of text.matchAll(/streamOf: \(\w*\) => `([^`$]+)\$/g)) names.push(`${prefix}x`);
      const exported = [...text.matchAll(/export const (\w+Stream)\b/g)].map(([, name]) => name!);
      if (exported.length === 0) continue;
      const module = (await import(resolve(path))) as Record<string, unknown>;
      for (const name of exported) {
        const stream = module[name];
        names.push(typeof stream === 'function' ? (stream as (id: string) => string)('x') : String(stream));
      }
    }
    expect(names.length).toBeGreaterThan(12);
    expect(names.filter((name) => !isOwnName(name))).toEqual([]);
  });

  it('leave others theirs', () => {
    expect(['orders-1', 'releases', 'regions', '$ce-build', 'access-1'].filter(isOwnName)).toEqual([]);
  });
});

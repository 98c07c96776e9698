import { describe, expect, it } from '@jest/globals';
import { jsonTwin } from '../domain/testing/json-twin.js';
import { OfflineCompiler, type OfflineFlock } from './compile-offline.js';
import { document, shipped } from './testing/shipped.js';

const twinOf = (flock: OfflineFlock): OfflineFlock => ({
  ...flock,
  files: new Map(
    [...flock.files].map(([path, bytes]) =>
      path.endsWith('.hcl')
        ? [`${path}.json`, new TextEncoder().encode(jsonTwin(bytes))]
        : ([path, bytes] as const),
    ),
  ),
});

describe('the shipped flocks in the JSON syntax', () => {
  it('have the targets and resources of their native twins, from the same reads', async () => {
    const flocks = await shipped();
    const native = new OfflineCompiler({ regionData: document, flocks });
    const json = new OfflineCompiler({ regionData: document, flocks: flocks.map(twinOf) });
    expect(json.parsed.flatMap((p) => p.diagnostics)).toEqual([]);
    expect(json.targets.map((t) => [t.flock, t.digest, t.reads])).toEqual(
      native.targets.map((t) => [t.flock, t.digest, t.reads]),
    );
    const one = native.region('us-seattle-1');
    const other = json.region('us-seattle-1');
    for (const [a, b] of [
      [one.actual, other.actual],
      [one.forecast, other.forecast],
    ] as const) {
      expect(b.flocks.map((f) => [f.flock, f.digest, f.reads])).toEqual(
        a.flocks.map((f) => [f.flock, f.digest, f.reads]),
      );
      expect(b.flocks.length).toBeGreaterThan(0);
    }
  });
});

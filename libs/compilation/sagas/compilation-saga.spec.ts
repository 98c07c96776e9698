import { describe, expect, it } from '@jest/globals';
import { checkSagaLaw, recorded } from '#libs/read-store/testing';
import { compilationSaga } from './compilation-saga.js';

const event = (stream: string, type: string, revision: bigint, position: bigint, data: unknown = {}) => ({
  ...recorded(stream, type, data, position),
  revision,
});
const fold = (events: readonly ReturnType<typeof event>[]) => {
  let state = compilationSaga.initial('fleet');
  for (const one of events) state = compilationSaga.evolve(state, one as never, new Map());
  return [...compilationSaga.due(state)].map(({ key, command }) => ({ key, command }));
};

describe('the compilation saga', () => {
  it('makes one command of all revisions since the last compilation', () => {
    const edits = [0n, 1n, 2n].map((r) => event('region-data', 'RegionEdited', r, r));
    expect(fold(edits)).toEqual([
      { key: 'region-data:2', command: { type: 'CompileRegionData', revision: '2' } },
    ]);
    const compiled = event('compilation', 'RegionDataCompiled', 0n, 3n, { after: '-1', revision: '2' });
    expect(fold([...edits, compiled])).toEqual([]);
    expect(fold([...edits, compiled, event('region-data', 'RegionEdited', 3n, 4n)])).toMatchObject([
      { key: 'region-data:3' },
    ]);
  });

  it('compiles a moved selection, and before region data', () => {
    const events = [
      event('region-data', 'RegionAdded', 0n, 0n),
      event('version-selection', 'GoldenMoved', 0n, 7n),
    ];
    expect(fold(events).map((d) => d.key)).toEqual(['versions:7', 'region-data:0']);
    expect(
      fold([...events, event('compilation', 'VersionsCompiled', 0n, 8n, { upTo: '7' })]).map((d) => d.key),
    ).toEqual(['region-data:0']);
  });

  it('passes over what is only staged', () => {
    expect(fold([event('region-data-import-1', 'RegionAdded', 0n, 0n)])).toEqual([]);
  });

  it('comes to the same whatever the order of streams', () => {
    const edits = [0n, 1n, 2n].map((r) => event('region-data', 'RegionEdited', r, r));
    const compilations = ['0', '1'].map((revision, i) =>
      event('compilation', 'RegionDataCompiled', BigInt(i), BigInt(i), { after: '-1', revision }),
    );
    const { due, interleavings } = checkSagaLaw(compilationSaga, [edits, compilations]);
    expect([...due]).toEqual([['fleet', ['region-data:2']]]);
    expect(interleavings).toBe(10);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { digestOf } from '#libs/kernel';
import { specification } from '#libs/kernel/testing';
import {
  artifactDecider,
  flockDecider,
  lineDiff,
  maximumConfigBytes,
  versionSelectionDecider,
  versionSetDecider,
  type PublishFlockVersion,
} from './index.js';

const file = (path: string, digest = 'a'.repeat(64), bytes = 10) => ({ path, digest, bytes });

describe('a flock', () => {
  const flock = specification(flockDecider);
  const publish: PublishFlockVersion = {
    type: 'PublishFlockVersion',
    flock: 'dns',
    version: '1',
    files: [file('b.hcl'), file('a.hcl')],
    owners: ['dns@example.com'],
    artifacts: ['z', 'a'],
  };
  const published = () => {
    const [event] = flockDecider.decide(publish, flockDecider.initial, {} as never) as never[];
    return event!;
  };

  it('publishes a version, its files in order', () => {
    const { outcome } = flock.given().when(publish);
    expect(outcome).toMatchObject([
      {
        data: {
          flock: 'dns',
          version: '1',
          files: [{ path: 'a.hcl' }, { path: 'b.hcl' }],
          artifacts: ['a', 'z'],
        },
      },
    ]);
  });

  it('takes the same files under the same version as done, and others as a refusal', () => {
    flock.given(published()).when(publish).thenNothing();
    flock
      .given(published())
      .when({ ...publish, files: [...publish.files].reverse() })
      .thenNothing();
    flock
      .given(published())
      .when({ ...publish, files: [file('a.hcl', 'b'.repeat(64))] })
      .refused('flock/version-immutable');
    flock
      .given(published())
      .when({ ...publish, lenient: true })
      .refused('flock/version-immutable');
  });

  it.each([
    ['flock/invalid-name', { flock: 'a/b' }],
    ['version/invalid-name', { version: '' }],
    ['flock/no-files', { files: [] }],
    ['flock/invalid-path', { files: [file('../x.hcl')] }],
    ['flock/duplicate-path', { files: [file('x.hcl'), file('x.hcl')] }],
    ['flock/too-large', { files: [file('x.hcl', 'a'.repeat(64), maximumConfigBytes + 1)] }],
  ] as const)('refuses %s', (code, change) => {
    flock
      .given()
      .when({ ...publish, ...change })
      .refused(code);
  });
});

describe('an artifact', () => {
  const artifact = specification(artifactDecider);
  const data = { flock: 'dns', artifact: 'server', version: '7', digest: 'd'.repeat(64), bytes: 3 };

  it('has immutable versions', () => {
    artifact
      .given()
      .when({ type: 'PublishArtifactVersion', ...data })
      .then({ type: 'ArtifactVersionPublished', data });
    const given = artifact.given({ type: 'ArtifactVersionPublished', data });
    given.when({ type: 'PublishArtifactVersion', ...data }).thenNothing();
    given
      .when({ type: 'PublishArtifactVersion', ...data, digest: 'e'.repeat(64) })
      .refused('artifact/version-immutable');
    given.when({ type: 'PublishArtifactVersion', ...data, artifact: 'a/b' }).refused('artifact/invalid-name');
  });
});

describe('a version set', () => {
  const set = specification(versionSetDecider);
  const entries = { flocks: { dns: '1' }, artifacts: { 'dns/server': '7' } };
  const facts = { unknown: [], unnamed: [] };
  const revise = { type: 'ReviseVersionSet', set: 'nightly', entries, facts } as const;
  const revised = (revision: number, of = entries) =>
    ({
      type: 'VersionSetRevised',
      data: { set: 'nightly', revision, entries: digestOf(of), flocks: 1, artifacts: 1 },
    }) as const;

  it('counts its revisions, and takes the same entries as done', () => {
    set.given().when(revise).then(revised(1));
    set.given(revised(1)).when(revise).thenNothing();
    const other = { flocks: { dns: '2' }, artifacts: { 'dns/server': '7' } };
    set
      .given(revised(1))
      .when({ ...revise, entries: other })
      .then(revised(2, other));
  });

  it('refuses what does not exist, naming it, and what is missing or stray', () => {
    const refusal = set
      .given()
      .when({ ...revise, facts: { ...facts, unknown: ['dns@1'] } })
      .refused('version-set/unknown-version');
    expect(refusal.details).toEqual({ unknown: ['dns@1'] });
    set
      .given()
      .when({ ...revise, facts: { ...facts, unnamed: ['dns/x'] } })
      .refused('version-set/missing-artifact');
    set
      .given()
      .when({ ...revise, entries: { flocks: {}, artifacts: {} } })
      .refused('version-set/empty');
    set
      .given()
      .when({ ...revise, entries: { flocks: { a: '1' }, artifacts: { 'dns/server': '7' } } })
      .refused('version-set/stray-artifact');
  });
});

describe('the selection of versions', () => {
  const selection = specification(versionSelectionDecider);
  const to = { set: 'nightly', revision: 2 };
  const pin = { region: 'sea', environment: 'target', flock: 'dns' } as const;

  it('moves golden, the ViBE set and pins, each once', () => {
    const moved = { type: 'GoldenMoved', data: { from: null, to } } as const;
    selection.given().when({ type: 'MoveGolden', to, exists: true }).then(moved);
    selection
      .given(moved)
      .when({ type: 'MoveGolden', to: { ...to }, exists: true })
      .thenNothing();
    selection
      .given(moved)
      .when({ type: 'MoveVibeSet', to, exists: true })
      .then({ type: 'VibeSetMoved', data: { from: null, to } });
    selection.given().when({ type: 'MoveVibeSet', to: null, exists: true }).thenNothing();
    const pinned = { type: 'FlockPinned', data: { ...pin, version: '3' } } as const;
    selection
      .given()
      .when({ type: 'PinFlock', ...pin, version: '3', exists: true, regionExists: true })
      .then(pinned);
    selection
      .given(pinned)
      .when({ type: 'UnpinFlock', ...pin })
      .then({ type: 'FlockUnpinned', data: pin });
    selection
      .given()
      .when({ type: 'UnpinFlock', ...pin })
      .thenNothing();
  });

  it('refuses what does not exist', () => {
    selection
      .given()
      .when({ type: 'MoveGolden', to, exists: false })
      .refused('version-selection/unknown-set');
    const command = { type: 'PinFlock', ...pin, version: '3', exists: false, regionExists: true } as const;
    selection.given().when(command).refused('version-selection/unknown-version');
    selection
      .given()
      .when({ ...command, regionExists: false })
      .refused('version-selection/unknown-region');
  });
});

describe('the difference of two texts', () => {
  it('is told in runs of lines', () => {
    expect(lineDiff('a\nb\nc\n', 'a\nx\nc\nd\n')).toEqual([
      { kind: 'same', from: 1, to: 1, lines: ['a'] },
      { kind: 'removed', from: 2, to: 2, lines: ['b'] },
      { kind: 'added', from: 3, to: 2, lines: ['x'] },
      { kind: 'same', from: 3, to: 3, lines: ['c'] },
      { kind: 'added', from: 4, to: 4, lines: ['d'] },
    ]);
  });

  it('leads from the one to the other and back, and is short', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 });
    fc.assert(
      fc.property(text, text, (older, newer) => {
        const hunks = lineDiff(older.join('\n'), newer.join('\n'));
        const lines = (kind: string) =>
          hunks.flatMap((h) => (h.kind === 'same' || h.kind === kind ? h.lines : []));
        expect(lines('removed')).toEqual(older);
        expect(lines('added')).toEqual(newer);
        if (older.join() === newer.join()) expect(hunks.every((h) => h.kind === 'same')).toBe(true);
      }),
    );
  });
});

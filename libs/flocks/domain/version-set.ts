import { digestOf, refuse, type Decider } from '#libs/kernel';
import { type VersionSetEntries, type VersionSetEvent } from '../contract/index.js';
import { refuseName } from './names.js';

export interface ReviseVersionSet {
  readonly type: 'ReviseVersionSet';
  readonly set: string;
  readonly entries: VersionSetEntries;
  /** What the catalogue says of the entries when the command is given. Versions are never unpublished, so it stays true. */
  readonly facts: {
    /** `dns@1.2`, `dns/server@7`: named, but never published. */
    readonly unknown: readonly string[];
    /** `dns/server`: deployed by a flock version that the set names, but without a version in it. */
    readonly unnamed: readonly string[];
  };
}

export interface VersionSetState {
  readonly revision: number;
  readonly entries: string | null;
}

/** One version set: each revision names one version per flock and one per artifact of these flocks, all of them published. */
export const versionSetDecider: Decider<ReviseVersionSet, VersionSetState, VersionSetEvent> = {
  initial: { revision: 0, entries: null },

  decide({ set, entries, facts }, state) {
    const badName = refuseName('version-set', set);
    if (badName) return badName;
    const flocks = Object.keys(entries.flocks);
    const artifacts = Object.keys(entries.artifacts);
    if (flocks.length === 0)
      return refuse('version-set/empty', `version set ${set} names no flock`, {
        fix: 'Name a version for each flock. An empty set would never mean "delete everything".',
      });
    const stray = artifacts.filter((key) => !(key.slice(0, key.indexOf('/')) in entries.flocks));
    if (stray.length > 0)
      return refuse(
        'version-set/stray-artifact',
        `version set ${set} names artifacts of flocks that it does not name: ${some(stray)}`,
        {
          fix: 'Name the flocks too; keys of artifacts are <flock>/<artifact>.',
          details: { stray },
        },
      );
    if (facts.unknown.length > 0)
      return refuse(
        'version-set/unknown-version',
        `version set ${set} names versions that do not exist: ${some(facts.unknown)}`,
        {
          fix: 'Publish them first, or name versions that are published (cios flock list).',
          details: { unknown: facts.unknown },
        },
      );
    if (facts.unnamed.length > 0)
      return refuse(
        'version-set/missing-artifact',
        `version set ${set} names no version of artifacts that its flocks deploy: ${some(facts.unnamed)}`,
        {
          fix: 'Publish the artifacts and name a version of each under "artifacts".',
          details: { missing: facts.unnamed },
        },
      );
    const digest = digestOf(entries);
    if (digest === state.entries) return [];
    return [
      {
        type: 'VersionSetRevised',
        data: {
          set,
          revision: state.revision + 1,
          entries: digest,
          flocks: flocks.length,
          artifacts: artifacts.length,
        },
      },
    ];
  },

  evolve(_state, event) {
    return { revision: event.data.revision, entries: event.data.entries };
  },
};

function some(names: readonly string[]): string {
  return names.length <= 10
    ? names.join(', ')
    : `${names.slice(0, 10).join(', ')} and ${names.length - 10} more`;
}

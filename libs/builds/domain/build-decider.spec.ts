import { describe, it } from '@jest/globals';
import { specification } from '#libs/kernel/testing';
import { type BuildEvent } from '../contract/index.js';
import { type BuildCommand, buildDecider, type Merge } from './build-decider.js';

const builds = specification(buildDecider);
const versions = { target: { set: 'main', revision: 1 }, vibe: null };
const merge = (regionData: string, graph = regionData): Merge => ({
  regionData,
  versions,
  graph,
  nodes: 1,
  added: 1,
  removed: 0,
  changed: 0,
  blockedFlocks: [],
  facts: { state: 'none', targetAvailable: true, held: false },
});
const of = { build: 'sea-1', region: 'sea' };
const opening = { ...of, number: 1, kind: 'first', reason: 'asked for', hostRegion: null } as const;
const open: BuildCommand = { type: 'OpenBuild', ...opening, merge: merge('10') };
const opened: BuildEvent = { type: 'BuildOpened', data: opening };
const merged = (...of_: Parameters<typeof merge>): BuildEvent => ({
  type: 'BuildGraphMerged',
  data: { ...of, ...merge(...of_) },
});
const concluding: BuildEvent = { type: 'BuildConcluding', data: { ...of, covers: '10' } };
const deferred: BuildEvent = {
  type: 'BuildConclusionDeferred',
  data: { ...of, covers: '10', reason: 'touched' },
};
const completed: BuildEvent = { type: 'BuildCompleted', data: { ...of, covers: '10', versions } };
const cancelled: BuildEvent = { type: 'BuildCancelled', data: { ...of, reason: 'wrong' } };
const begun = [opened, merged('10')];

describe('a build', () => {
  it('opens with its first graph, and once', () => {
    builds.given().when(open).then(opened, merged('10'));
    builds
      .given(...begun)
      .when(open)
      .refused('build/exists');
  });

  it('is unknown before', () => {
    for (const command of [
      { type: 'MergeGraph', merge: merge('1') },
      { type: 'ConcludeBuild', covers: '1' },
      { type: 'CancelBuild', reason: 'x' },
    ] as const)
      builds.given().when(command).refused('build/unknown');
  });

  it('merges newer region data, and other versions at the same', () => {
    const given = builds.given(...begun);
    given.when({ type: 'MergeGraph', merge: merge('11') }).then(merged('11'));
    given.when({ type: 'MergeGraph', merge: merge('10', 'other') }).then(merged('10', 'other'));
    given.when({ type: 'MergeGraph', merge: merge('10') }).thenNothing();
    given.when({ type: 'MergeGraph', merge: merge('9', 'other') }).thenNothing();
  });

  it('answers versions that ask for a merge also where it changes nothing', () => {
    builds
      .given(...begun)
      .when({ type: 'MergeGraph', merge: merge('10'), selection: '77' })
      .then(merged('10'));
  });

  it('takes no merge while it concludes, and takes them again when that is deferred (TR-10)', () => {
    const command: BuildCommand = { type: 'MergeGraph', merge: merge('11') };
    builds
      .given(...begun, concluding)
      .when(command)
      .refused('build/concluding');
    builds
      .given(...begun, concluding, deferred)
      .when(command)
      .then(merged('11'));
  });

  it('concludes at what it was merged at, then completes (TR-11)', () => {
    const conclude: BuildCommand = { type: 'ConcludeBuild', covers: '10' };
    builds
      .given(...begun)
      .when(conclude)
      .then(concluding);
    builds
      .given(...begun, merged('11'))
      .when(conclude)
      .refused('build/merged-since');
    builds
      .given(...begun, concluding)
      .when(conclude)
      .thenNothing();
    const complete: BuildCommand = { type: 'CompleteBuild', covers: '10' };
    builds
      .given(...begun)
      .when(complete)
      .refused('build/not-concluding');
    builds
      .given(...begun, concluding)
      .when(complete)
      .then(completed);
    builds
      .given(...begun, concluding, completed)
      .when(complete)
      .thenNothing();
    builds
      .given(...begun, concluding, completed)
      .when(conclude)
      .thenNothing();
  });

  it('defers the conclusion that is under way, and no other', () => {
    const defer = (covers: string): BuildCommand => ({ type: 'DeferConclusion', covers, reason: 'touched' });
    builds
      .given(...begun, concluding)
      .when(defer('10'))
      .then(deferred);
    builds
      .given(...begun, concluding)
      .when(defer('9'))
      .thenNothing();
    builds
      .given(...begun)
      .when(defer('10'))
      .thenNothing();
  });

  it('is cancelled unless it is complete, and then takes nothing', () => {
    const cancel: BuildCommand = { type: 'CancelBuild', reason: 'wrong' };
    builds
      .given(...begun)
      .when(cancel)
      .then(cancelled);
    builds
      .given(...begun, cancelled)
      .when(cancel)
      .thenNothing();
    builds
      .given(...begun, concluding, completed)
      .when(cancel)
      .refused('build/over');
    const over = builds.given(...begun, cancelled);
    over.when({ type: 'MergeGraph', merge: merge('12') }).thenNothing();
    over.when({ type: 'ConcludeBuild', covers: '10' }).refused('build/over');
    over.when({ type: 'CompleteBuild', covers: '10' }).refused('build/not-concluding');
  });
});

import { type Decider, refuse } from '#libs/kernel';
import { type BuildEvent, type BuildVersions, type RegionFacts } from '../contract/index.js';
import { type MergedNodes } from './merged-nodes.js';

export interface Merge extends MergedNodes {
  readonly regionData: string;
  readonly versions: BuildVersions;
  readonly graph: string;
  readonly blockedFlocks: readonly string[];
  readonly facts: RegionFacts;
}

export type BuildCommand =
  | {
      readonly type: 'OpenBuild';
      readonly build: string;
      readonly region: string;
      readonly number: number;
      readonly kind: 'first' | 'update';
      readonly reason: string;
      readonly hostRegion: string | null;
      readonly merge: Merge;
    }
  /** `selection`: versions asked for it, and whoever asked waits for an answer. */
  | { readonly type: 'MergeGraph'; readonly merge: Merge; readonly selection?: string }
  | { readonly type: 'ConcludeBuild'; readonly covers: string }
  | { readonly type: 'DeferConclusion'; readonly covers: string; readonly reason: string }
  | { readonly type: 'CompleteBuild'; readonly covers: string }
  | { readonly type: 'CancelBuild'; readonly reason: string };

export interface BuildState {
  readonly status: 'absent' | 'open' | 'concluding' | 'completed' | 'cancelled';
  readonly build: string;
  readonly region: string;
  readonly number: number;
  readonly merge: Merge | null;
  /** Region-data revision of the conclusion that is under way, or was deferred last. */
  readonly covers: string | null;
}

/** One build of one region: opened, merged as region data change, concluded, and then completed or taken up again. */
export const buildDecider: Decider<BuildCommand, BuildState, BuildEvent> = {
  initial: { status: 'absent', build: '', region: '', number: 0, merge: null, covers: null },

  decide(command, state) {
    const { build, region } = state;
    if (command.type === 'OpenBuild') {
      if (state.status !== 'absent')
        return refuse('build/exists', `build ${command.build} was opened before`, {
          fix: `look at it with: cios build show ${command.region}`,
        });
      const { type: _, merge, ...opened } = command;
      return [
        { type: 'BuildOpened', data: opened },
        { type: 'BuildGraphMerged', data: { build: command.build, region: command.region, ...merge } },
      ];
    }
    if (state.status === 'absent')
      return refuse('build/unknown', 'there is no such build', { fix: 'list them with: cios build list' });

    switch (command.type) {
      case 'MergeGraph':
        if (state.merge && !isNewer(command.merge, state.merge, command.selection !== undefined)) return [];
        if (state.status === 'concluding')
          return refuse('build/concluding', `build ${build} is concluding at revision ${state.covers}`, {
            fix: 'nothing to do: the change is taken up after the answer of region data',
          });
        if (state.status !== 'open') return [];
        return [{ type: 'BuildGraphMerged', data: { build, region, ...command.merge } }];

      case 'ConcludeBuild':
        if (state.status === 'concluding' || state.status === 'completed') return [];
        if (state.status === 'cancelled') return over(build, 'cancelled');
        if (state.merge?.regionData !== undefined && BigInt(command.covers) < BigInt(state.merge.regionData))
          return refuse(
            'build/merged-since',
            `build ${build} was merged at revision ${state.merge.regionData}, after ${command.covers}`,
          );
        return [{ type: 'BuildConcluding', data: { build, region, covers: command.covers } }];

      case 'DeferConclusion':
        if (state.status !== 'concluding' || state.covers !== command.covers) return [];
        return [
          {
            type: 'BuildConclusionDeferred',
            data: { build, region, covers: command.covers, reason: command.reason },
          },
        ];

      case 'CompleteBuild':
        if (state.status === 'completed') return [];
        if (state.status !== 'concluding')
          return refuse('build/not-concluding', `build ${build} is ${state.status}, not concluding`);
        return [
          {
            type: 'BuildCompleted',
            data: {
              build,
              region,
              covers: command.covers,
              versions: state.merge?.versions ?? { target: null, vibe: null },
            },
          },
        ];

      case 'CancelBuild':
        if (state.status === 'cancelled') return [];
        if (state.status === 'completed') return over(build, 'completed');
        return [{ type: 'BuildCancelled', data: { build, region, reason: command.reason } }];
    }
  },

  evolve(state, { type, data }) {
    switch (type) {
      case 'BuildOpened':
        return { ...state, status: 'open', build: data.build, region: data.region, number: data.number };
      case 'BuildGraphMerged': {
        const { build: _build, region: _region, ...merge } = data;
        return { ...state, merge };
      }
      case 'BuildConcluding':
        return { ...state, status: 'concluding', covers: data.covers };
      case 'BuildConclusionDeferred':
        return { ...state, status: 'open' };
      case 'BuildCompleted':
        return { ...state, status: 'completed', covers: data.covers };
      case 'BuildCancelled':
        return { ...state, status: 'cancelled' };
    }
  },
};

/** Never back; the same region data only where versions make another graph, or asked. */
function isNewer(merge: Merge, before: Merge, isAsked: boolean): boolean {
  const by = BigInt(merge.regionData) - BigInt(before.regionData);
  return by > 0n || (by === 0n && (isAsked || merge.graph !== before.graph));
}

function over(build: string, status: string) {
  return refuse('build/over', `build ${build} is ${status}`, {
    fix: `start another one with: cios build start`,
  });
}

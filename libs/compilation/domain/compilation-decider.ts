import { refuse, type Decider } from '#libs/kernel';
import { type CompilationEvent } from '../contract/index.js';

type RegionDataCompiled = Extract<CompilationEvent, { readonly type: 'RegionDataCompiled' }>['data'];
type VersionsCompiled = Extract<CompilationEvent, { readonly type: 'VersionsCompiled' }>['data'];

/** Records what a compilation found. What a stream covers already is not recorded twice. */
export type RecordCompilation =
  | { readonly type: 'RecordRegionData'; readonly compiled: RegionDataCompiled }
  | { readonly type: 'RecordVersions'; readonly compiled: VersionsCompiled };

export interface CompilationState {
  /** Last revision of region data that is covered; -1n before the first. */
  readonly revision: bigint;
  /** Position of the last selection that is covered. */
  readonly upTo: bigint;
}

/** The stream of compilations: each begins where the last one ended. */
export const compilationDecider: Decider<RecordCompilation, CompilationState, CompilationEvent> = {
  initial: { revision: -1n, upTo: -1n },

  decide(command, state) {
    if (command.type === 'RecordVersions') {
      if (BigInt(command.compiled.upTo) <= state.upTo) return [];
      return [{ type: 'VersionsCompiled', data: command.compiled }];
    }
    const { compiled } = command;
    if (BigInt(compiled.revision) <= state.revision) return [];
    if (BigInt(compiled.after) !== state.revision)
      return refuse(
        'compilation/overtaken',
        `a compilation from revision ${compiled.after} does not follow the last one, which ends at ${state.revision}`,
        { fix: 'Compile from where the last one ended.' },
      );
    return [{ type: 'RegionDataCompiled', data: compiled }];
  },

  evolve(state, event) {
    return event.type === 'RegionDataCompiled'
      ? { ...state, revision: BigInt(event.data.revision) }
      : { ...state, upTo: BigInt(event.data.upTo) };
  },
};

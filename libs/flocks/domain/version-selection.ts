import { refuse, type Decider, type Refusal } from '#libs/kernel';
import { type VersionSelectionEvent, type VersionSetRef } from '../contract/index.js';

/** `exists`: what the catalogue says when the command is given; published things stay. */
export type SelectVersions =
  | { readonly type: 'MoveGolden'; readonly to: VersionSetRef; readonly exists: boolean }
  | { readonly type: 'MoveVibeSet'; readonly to: VersionSetRef | null; readonly exists: boolean }
  | (Place & {
      readonly type: 'PinFlock';
      readonly version: string;
      readonly exists: boolean;
      readonly regionExists: boolean;
    })
  | (Place & { readonly type: 'UnpinFlock' });

interface Place {
  /** Internal name. */
  readonly region: string;
  readonly environment: 'vibe' | 'target';
  readonly flock: string;
}

export interface VersionSelectionState {
  readonly golden: VersionSetRef | null;
  readonly vibe: VersionSetRef | null;
  readonly pins: ReadonlyMap<string, string>;
}

export const pinKey = ({ region, environment, flock }: Place): string => `${region}/${environment}/${flock}`;

/** Which versions the installation uses where: the golden set, the ViBE's own, and pins of one flock in one place. */
export const versionSelectionDecider: Decider<SelectVersions, VersionSelectionState, VersionSelectionEvent> =
  {
    initial: { golden: null, vibe: null, pins: new Map() },

    decide(command, state) {
      switch (command.type) {
        case 'MoveGolden':
          if (!command.exists) return unknownSet(command.to);
          if (same(state.golden, command.to)) return [];
          return [{ type: 'GoldenMoved', data: { from: state.golden, to: command.to } }];
        case 'MoveVibeSet':
          if (command.to && !command.exists) return unknownSet(command.to);
          if (same(state.vibe, command.to)) return [];
          return [{ type: 'VibeSetMoved', data: { from: state.vibe, to: command.to } }];
        case 'PinFlock': {
          const { region, environment, flock, version } = command;
          if (!command.regionExists)
            return refuse('version-selection/unknown-region', `there is no region ${region}`, {
              details: { region },
            });
          if (!command.exists)
            return refuse('version-selection/unknown-version', `flock ${flock} has no version ${version}`, {
              fix: `Publish it first, or pin a published version (cios flock show ${flock}).`,
              details: { flock, version },
            });
          if (state.pins.get(pinKey(command)) === version) return [];
          return [{ type: 'FlockPinned', data: { region, environment, flock, version } }];
        }
        case 'UnpinFlock': {
          const { region, environment, flock } = command;
          if (!state.pins.has(pinKey(command))) return [];
          return [{ type: 'FlockUnpinned', data: { region, environment, flock } }];
        }
      }
    },

    evolve(state, event) {
      switch (event.type) {
        case 'GoldenMoved':
          return { ...state, golden: event.data.to };
        case 'VibeSetMoved':
          return { ...state, vibe: event.data.to };
        case 'FlockPinned':
          return { ...state, pins: new Map(state.pins).set(pinKey(event.data), event.data.version) };
        case 'FlockUnpinned': {
          const pins = new Map(state.pins);
          pins.delete(pinKey(event.data));
          return { ...state, pins };
        }
      }
    },
  };

function same(a: VersionSetRef | null, b: VersionSetRef | null): boolean {
  return a === b || (a !== null && b !== null && a.set === b.set && a.revision === b.revision);
}

function unknownSet(ref: VersionSetRef): Refusal {
  return refuse('version-selection/unknown-set', `there is no version set ${ref.set}@${ref.revision}`, {
    fix: 'Revise the set first (cios version-set put), or name one that exists (cios version-set list).',
    details: { ...ref },
  });
}

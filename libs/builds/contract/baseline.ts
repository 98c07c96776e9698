import { type BuildGraphJson } from '#libs/build-graph';
import { type VersionSetRef } from '#libs/flocks/contract';
import { CommandRequest, type DomainEvent } from '#libs/kernel';
import { type BaselineNode } from '#libs/releases/contract';

/** Blob behind `BaselineTaken`: what stands in a region that was adopted as built. */
export interface Baseline {
  readonly region: string;
  /** By node id, each operation compiled from the version set: taken as done at that digest. */
  readonly nodes: Readonly<Record<string, BaselineNode>>;
  /** By id of capabilities that these publish or read: names of outputs that nobody knew then. They count in no digest. */
  readonly capabilities: Readonly<Record<string, readonly string[]>>;
  /** The graph of that moment: what the first build's is compared with. */
  readonly graph: BuildGraphJson;
}

/** Stream `baseline-<region>`. */
export type BaselineEvent = DomainEvent<
  'BaselineTaken',
  {
    readonly region: string;
    readonly baseline: VersionSetRef;
    /** Revision of region data that naming it fixed, decimal. */
    readonly regionData: string;
    /** Blob: `Baseline`. */
    readonly nodes: string;
    readonly count: number;
  }
>;

export const baselineStream = (region: string): string => `baseline-${region}`;

/** What the baseline saga asks for. */
export interface BaselineCommand {
  readonly type: 'TakeBaseline';
  readonly region: string;
  readonly baseline: VersionSetRef;
  /** Revision of the event of region data that names it, decimal. */
  readonly regionData: string;
}

/** Sent over the command bus; carried out by the handler of the builds context. */
export class BaselineRequest extends CommandRequest<BaselineCommand> {}

/** `nightly@3`, as `all_regions[].baseline` says it; null where it says nothing of the kind. */
export function baselineNamed(value: unknown): VersionSetRef | null {
  const [, set, revision] = /^([^@\s]+)@([1-9]\d*)$/.exec(typeof value === 'string' ? value : '') ?? [];
  return set === undefined ? null : { set, revision: Number(revision) };
}

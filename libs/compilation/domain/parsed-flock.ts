import { type Diagnostic, type SourceRange } from '#libs/kernel';
import { type Attribute, type Block, type Expression, type HclFunction } from '#libs/hcl';
import { type FlockSettings } from '../contract/index.js';
import { type BlockReference } from './references.js';
import { type BlockSpec } from './schema/index.js';

/**
 * What a local may depend on at most: region data alone (`fleet`), also `local.region` and `local.realm` (`region`), or also
 * `local.execution_target` and resources (`target`). Decides for how long its value can be kept.
 */
export type Level = 'fleet' | 'region' | 'target';

export interface ParsedLocal {
  readonly name: string;
  readonly expression: Expression;
  readonly range: SourceRange;
  readonly level: Level;
  /** Blocks that it refers to, also through other locals. */
  readonly blocks: readonly BlockReference[];
}

export interface ParsedBlock {
  /** `infrastructure_component.db`, `data.capability.dns`, `release_phase.p` */
  readonly key: string;
  readonly type: string;
  readonly label: string;
  readonly spec: BlockSpec;
  readonly attributes: ReadonlyMap<string, Attribute>;
  /** As written, `dynamic` blocks included. */
  readonly blocks: readonly Block[];
  /** Of the nested blocks, also of those that `dynamic` blocks may make. */
  readonly nestedTypes: ReadonlySet<string>;
  readonly range: SourceRange;
}

/** A string written out in the config that may be the name of a region. */
export interface WrittenName {
  readonly text: string;
  readonly range: SourceRange;
  /** Written where a region is expected, so that an internal name counts too. */
  readonly region: boolean;
}

/** One flock version, parsed and checked as far as its text alone allows. Immutable: kept by digest, shared by all compilations. */
export interface ParsedFlock {
  readonly name: string;
  readonly settings: FlockSettings;
  readonly locals: ReadonlyMap<string, ParsedLocal>;
  /** By key, in source order (files by path). */
  readonly blocks: ReadonlyMap<string, ParsedBlock>;
  /** What expressions can call. */
  readonly functions: ReadonlyMap<string, HclFunction>;
  readonly writtenNames: readonly WrittenName[];
  readonly moves: readonly { readonly kind: 'moved' | 'removed' | 'import'; readonly block: Block }[];
  readonly diagnostics: readonly Diagnostic[];
  /** False where an error in the text keeps the flock from being evaluated at all. */
  readonly compiles: boolean;
}

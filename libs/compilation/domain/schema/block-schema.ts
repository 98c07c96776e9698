import { type Json } from '#libs/kernel';

/**
 * What an attribute takes. `references` are addresses of resources (`[infrastructure_component.vm]`), never values;
 * `region` is a name, an internal name or an entry of region data; `strings` is a list, or one string for a list of one.
 */
export type AttributeType =
  'string' | 'number' | 'bool' | 'strings' | 'map' | 'any' | 'references' | 'region';

export interface AttributeSpec {
  readonly type: AttributeType;
  readonly required?: boolean;
  /** What stands where the attribute is absent; without one it is null, or for the block's own rule. */
  readonly default?: Json;
  readonly oneOf?: readonly string[];
  /** Must be known before a run: it decides what there is, or where. */
  readonly compileTime?: boolean;
  readonly doc: string;
}

export interface NestedBlockSpec {
  readonly doc: string;
  readonly attributes: Readonly<Record<string, AttributeSpec>>;
  /** Takes attributes that the schema does not name. */
  readonly open?: boolean;
}

export interface BlockSpec {
  /** `resource "infrastructure_component" "x"`: keyword and, for `resource` and `data`, the type. */
  readonly keyword: string;
  readonly type?: string;
  readonly labels: readonly string[];
  readonly stage: 'targets' | 'resources' | 'both';
  readonly doc: string;
  /** One block as an author writes it; those of all blocks together are one valid flock. */
  readonly example: string;
  readonly attributes: Readonly<Record<string, AttributeSpec>>;
  readonly blocks?: Readonly<Record<string, NestedBlockSpec>>;
  /** Takes attributes, and blocks, that the schema does not name: what a component needs is its executor's to say. */
  readonly open?: boolean;
}

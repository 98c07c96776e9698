import { type Json } from '#libs/kernel';
import { type CompiledRegion, type CompiledTargets, type Environment } from './compiled.js';

/** Which version set a region's build has adopted; decides versions before golden does. */
export interface RegionVersions {
  readonly target: { readonly set: string; readonly revision: number } | null;
  readonly vibe: { readonly set: string; readonly revision: number } | null;
}

/** Compiled results on demand, cached by what they read. Port; implemented by compilation. */
export abstract class RegionCompiler {
  /** Stage 1 of every flock in use, at the latest compiled revision. */
  abstract targets(): Promise<readonly CompiledTargets[]>;
  /**
   * Stages 1 and 2 of every flock that has a target in the region, at a revision. With `forecast` the region stands as
   * `Building` and available. From then on what these flocks read is watched there (see `RegionDataCompiled`).
   */
  abstract region(
    region: string,
    options: {
      readonly regionData: bigint;
      readonly versions: RegionVersions;
      readonly forecast?: boolean;
    },
  ): Promise<CompiledRegion>;
  /**
   * The attributes of one resource with outputs filled in, as its executor needs them. Throws where one is still unknown, unless
   * `unknown: 'stands'`: then the reference stands for it.
   */
  abstract resolve(
    where: {
      readonly region: string;
      readonly environment: Environment;
      readonly flock: string;
      readonly version: string;
      readonly target: string;
      readonly address: string;
      readonly regionData: bigint;
      readonly forecast?: boolean;
      readonly unknown?: 'stands';
    },
    /** Resource address, or `capability:<name>`, → outputs; one that is not known may stand as `{ $unknown }`. */
    outputs: ReadonlyMap<string, Json>,
  ): Promise<Readonly<Record<string, Json>>>;
}

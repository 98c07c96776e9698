import { type Json } from '#libs/kernel';

/** What is available where, as the capability streams have it now. Port; implemented by capabilities. */
export abstract class AvailableCapabilities {
  /** Names as `environment/name`; strongly consistent, one stream read at most. */
  async in(region: string): Promise<ReadonlySet<string>> {
    return new Set((await this.outputsIn(region)).keys());
  }

  /** The same with what each gives. */
  abstract outputsIn(region: string): Promise<ReadonlyMap<string, Readonly<Record<string, Json>>>>;
}

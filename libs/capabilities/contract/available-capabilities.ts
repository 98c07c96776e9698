/** What is available where, as the capability streams have it now. Port; implemented by capabilities. */
export abstract class AvailableCapabilities {
  /** Names as `environment/name`; strongly consistent, one stream read at most. */
  abstract in(region: string): Promise<ReadonlySet<string>>;
}

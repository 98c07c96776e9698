import { refuse, Refused } from '#libs/kernel';
import { type RegionDataHistory } from './region-data-history.js';

/** Either name of a region, as APIs accept it, to the internal one by which everything is keyed. */
export class RegionNames {
  constructor(private readonly history: RegionDataHistory) {}

  /** Refuses `region/unknown`. O(regions). */
  async internal(name: string): Promise<string> {
    const { document } = await this.history.current();
    const found = document.regions.find((r) => r.internal_name === name || r.public_name === name);
    if (found) return found.internal_name;
    throw new Refused(
      refuse('region/unknown', `there is no region ${name}`, { fix: 'list them with: cios region list' }),
    );
  }
}

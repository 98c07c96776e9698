import { Injectable } from '@nestjs/common';
import { RegionFacts, type RegionFactsNow } from '#libs/region-data/contract';
import { BuildProgressQuery } from './build-progress.js';
import { OpenRegionBuild } from './open-region-build.js';
import { RegionPlanner } from './region-planner.js';
import { StandingNodes } from './standing-nodes.js';

/** What region data asks about a region before it lets people set Production, or remove the region. */
@Injectable()
export class BuiltRegionFacts extends RegionFacts {
  constructor(
    private readonly planner: RegionPlanner,
    private readonly builds: OpenRegionBuild,
    private readonly progress: BuildProgressQuery,
    private readonly standing: StandingNodes,
  ) {
    super();
  }

  async of(name: string): Promise<RegionFactsNow> {
    const { region } = await this.planner.region(name);
    const last = await this.builds.lastBuild(region);
    const missing = new Set<string>();
    if (last?.state.merge) {
      const nodes = (await this.progress.of(last.state.merge.graph)).nodes();
      for (const { flock, status } of nodes) if (status !== 'done' && flock !== '') missing.add(flock);
    }
    const { rows } = await this.standing.ofRegion(region);
    const resources = [...rows.values()]
      .filter((r) => r.digest !== null && r.action !== 'delete')
      .map((r) => r.node);
    return {
      // Nothing was ever built there: nothing is bootstrapped.
      ...(last ? { missingFlocks: [...missing].sort() } : {}),
      resources,
    };
  }
}

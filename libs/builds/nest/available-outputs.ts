import { Injectable } from '@nestjs/common';
import { capabilityId } from '#libs/build-graph';
import { AvailableCapabilities } from '#libs/capabilities/contract';
import { type Json } from '#libs/kernel';
import { type PlannedGraph } from '../contract/index.js';

/** Capabilities that a planned graph can see now, its own region's and foreign ones, by id, with what they give. */
@Injectable()
export class AvailableOutputs {
  constructor(private readonly capabilities: AvailableCapabilities) {}

  async to(
    plan: Pick<PlannedGraph, 'region' | 'external'>,
  ): Promise<ReadonlyMap<string, Readonly<Record<string, Json>>>> {
    const regions = new Set([plan.region, ...plan.external.map((e) => e.region)]);
    const found = new Map<string, Readonly<Record<string, Json>>>();
    for (const region of regions)
      for (const [key, outputs] of await this.capabilities.outputsIn(region)) {
        const slash = key.indexOf('/');
        const environment = key.slice(0, slash);
        found.set(capabilityId({ region, environment, name: key.slice(slash + 1) }), outputs);
      }
    return found;
  }
}

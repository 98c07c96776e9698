import { Injectable } from '@nestjs/common';
import { BlobMissing, BlobStore } from '#libs/blob-store';
import { Aggregates } from '#libs/event-store';
import { type VersionSetRef } from '#libs/flocks/contract';
import { type Baseline } from '../contract/index.js';
import { baselineAggregate } from '../domain/baseline-aggregate.js';

/** Baselines that are kept: a build dispatches many nodes of one region. */
const keptBaselines = 8;

/** What stands in regions that were adopted as built, as their streams have it now. */
@Injectable()
export class Baselines {
  readonly #kept = new Map<string, Promise<Baseline>>();

  constructor(
    private readonly aggregates: Aggregates,
    private readonly blobs: BlobStore,
  ) {}

  /** Null where the region has none, or it was not taken yet; `named`: only that one. */
  async of(region: string, named?: VersionSetRef): Promise<Baseline | null> {
    const { state } = await this.aggregates.load(baselineAggregate, region);
    if (!state) return null;
    const { set, revision } = state.baseline;
    if (named && (named.set !== set || named.revision !== revision)) return null;
    return this.at(state.nodes);
  }

  at(blob: string): Promise<Baseline> {
    const kept = this.#kept.get(blob);
    if (kept) return kept;
    const loading = this.load(blob);
    this.#kept.set(blob, loading);
    loading.catch(() => this.#kept.delete(blob));
    if (this.#kept.size > keptBaselines) this.#kept.delete(this.#kept.keys().next().value!);
    return loading;
  }

  private async load(blob: string): Promise<Baseline> {
    const baseline = (await this.blobs.getJson(blob)) as Baseline | null;
    if (!baseline) throw new BlobMissing(`baseline ${blob} is not in the blob store`);
    return baseline;
  }
}

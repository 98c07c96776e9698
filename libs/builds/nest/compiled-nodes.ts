import { Injectable } from '@nestjs/common';
import { BlobMissing, BlobStore } from '#libs/blob-store';
import { resourceId } from '#libs/build-graph';
import {
  type CompiledResource,
  type CompiledResources,
  type CompiledTarget,
} from '#libs/compilation/contract';

/** Where a node was declared. */
export interface CompiledNode {
  readonly flock: CompiledResources;
  readonly target: CompiledTarget;
  readonly resource: CompiledResource;
}

/** Compiled results that are kept by node: a release sends and dispatches many nodes of one flock. */
const keptResults = 256;

/** Finds nodes in compiled results by the blobs' digests. */
@Injectable()
export class CompiledNodes {
  readonly #kept = new Map<string, ReadonlyMap<string, CompiledNode>>();

  constructor(private readonly blobs: BlobStore) {}

  /** A provisional form stands where its final form does. Throws where the node is not in that result: a fault. */
  async find(compiled: string, node: string): Promise<CompiledNode> {
    const found = (await this.load(compiled)).get(node.replace(/~provisional$/, ''));
    if (!found) throw new Error(`node ${node} is not in its flock's compiled result ${compiled}`);
    return found;
  }

  private async load(digest: string): Promise<ReadonlyMap<string, CompiledNode>> {
    const kept = this.#kept.get(digest);
    if (kept) return kept;
    const flock = (await this.blobs.getJson(digest)) as CompiledResources | null;
    if (!flock) throw new BlobMissing(`compiled result ${digest} is not in the blob store`);
    const nodes = new Map<string, CompiledNode>();
    for (const { target, resources } of flock.targets)
      for (const resource of resources) {
        const { region } = flock;
        const { environment } = target;
        const id = resourceId({
          region,
          environment,
          flock: flock.flock,
          target: target.name,
          address: resource.address,
        });
        nodes.set(id, { flock, target, resource });
      }
    this.#kept.set(digest, nodes);
    if (this.#kept.size > keptResults) this.#kept.delete(this.#kept.keys().next().value!);
    return nodes;
  }
}

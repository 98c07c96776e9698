import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { BlobMissing, BlobStore } from '#libs/blob-store';
import { resourceId } from '#libs/build-graph';
import { type CompiledResources, RegionCompiler } from '#libs/compilation/contract';
import { type CommandAnswer, type CommandContext, type Json } from '#libs/kernel';
import { type DesiredNode, ReleaseRequest } from '#libs/releases/contract';
import { type RegionBuildCommand } from '../contract/index.js';

/** Dispatches one node of a release that was sent: its attributes are completed with the outputs that they read, and made durable. */
@Injectable()
export class DispatchReadyNode {
  constructor(
    private readonly blobs: BlobStore,
    private readonly compiler: RegionCompiler,
    private readonly commands: CommandBus,
  ) {}

  async execute(
    command: Extract<RegionBuildCommand, { readonly type: 'DispatchReadyNode' }>,
    context: CommandContext,
  ): Promise<CommandAnswer> {
    const { release, node, digest, to } = command;
    const desired = await this.blobs.putJson(await this.desired(command));
    return this.commands.execute<ReleaseRequest, CommandAnswer>(
      new ReleaseRequest({ type: 'DispatchNode', release, node, digest, desired, to }, context),
    );
  }

  private async desired(
    command: Extract<RegionBuildCommand, { readonly type: 'DispatchReadyNode' }>,
  ): Promise<DesiredNode> {
    const flock = await this.compiled(command.compiled);
    const place = flock.places.get(command.node.replace(/~provisional$/, ''));
    if (!place)
      throw new Error(`node ${command.node} is not in its flock's compiled result ${command.compiled}`);
    const { target, resource } = place;
    const { region } = command;
    const { environment } = target;
    const where = {
      region,
      environment,
      flock: flock.compiled.flock,
      version: flock.compiled.version,
      target: target.name,
      address: resource.address,
    };
    const attributes: Readonly<Record<string, Json>> =
      resource.outputsRead.length === 0
        ? resource.attributes
        : await this.compiler.resolve(
            { ...where, regionData: BigInt(command.regionData) },
            new Map(Object.entries(command.outputs)),
          );
    return {
      node: command.node,
      ...where,
      type: resource.type,
      executor: resource.executor,
      digest: command.digest,
      attributes,
      artifact: resource.artifact,
      publishes: resource.publishes
        ? { environment, ...resource.publishes, publishers: command.publishers }
        : null,
    };
  }

  /** The last few flocks' compiled results, by node: a release dispatches many nodes of one flock. */
  private async compiled(digest: string): Promise<FlockPlaces> {
    const kept = this.#kept.get(digest);
    if (kept) return kept;
    const compiled = (await this.blobs.getJson(digest)) as CompiledResources | null;
    if (!compiled) throw new BlobMissing(`compiled result ${digest} is not in the blob store`);
    const places: FlockPlaces = { compiled, places: new Map() };
    for (const { target, resources } of compiled.targets)
      for (const resource of resources)
        places.places.set(
          resourceId({
            region: compiled.region,
            environment: target.environment,
            flock: compiled.flock,
            target: target.name,
            address: resource.address,
          }),
          { target, resource },
        );
    this.#kept.set(digest, places);
    if (this.#kept.size > keptResults) this.#kept.delete(this.#kept.keys().next().value!);
    return places;
  }

  readonly #kept = new Map<string, FlockPlaces>();
}

const keptResults = 256;

interface FlockPlaces {
  readonly compiled: CompiledResources;
  readonly places: Map<
    string,
    {
      readonly target: CompiledResources['targets'][number]['target'];
      readonly resource: CompiledResources['targets'][number]['resources'][number];
    }
  >;
}

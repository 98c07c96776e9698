import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { BlobStore } from '#libs/blob-store';
import { RegionCompiler } from '#libs/compilation/contract';
import { type CommandAnswer, type CommandContext, type Json } from '#libs/kernel';
import { type DesiredNode, ReleaseRequest } from '#libs/releases/contract';
import { type RegionBuildCommand } from '../contract/index.js';
import { hasUnknown, knownOutputs } from '../domain/baseline-of.js';
import { Baselines } from './baselines.js';
import { CompiledNodes } from './compiled-nodes.js';

const notKnown: Json = { $unknown: [] };

/** Dispatches one node of a release that was sent: its attributes are completed with the outputs that they read, and made durable. */
@Injectable()
export class DispatchReadyNode {
  constructor(
    private readonly blobs: BlobStore,
    private readonly compiled: CompiledNodes,
    private readonly compiler: RegionCompiler,
    private readonly baselines: Baselines,
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
    const { flock, target, resource } = await this.compiled.find(command.compiled, command.node);
    const { region } = command;
    const { environment } = target;
    const where = {
      region,
      environment,
      flock: flock.flock,
      version: flock.version,
      target: target.name,
      address: resource.address,
    };
    const isUnknown = resource.outputsRead.some(({ from }) => hasUnknown(command.outputs[from] ?? notKnown));
    const baseline = command.baseline && (await this.baselines.at(command.baseline)).nodes[command.node];
    const attributes: Readonly<Record<string, Json>> =
      resource.outputsRead.length === 0
        ? resource.attributes
        : await this.compiler.resolve(
            {
              ...where,
              regionData: BigInt(command.regionData),
              ...(isUnknown && { unknown: 'stands' }),
            },
            new Map(Object.entries(command.outputs)),
          );
    return {
      node: command.node,
      ...where,
      type: resource.type,
      executor: resource.executor,
      digest: command.digest,
      // A publication gives what is known; a reference is no output.
      attributes:
        isUnknown && resource.publishes ? { ...attributes, outputs: knownOutputs(attributes) } : attributes,
      ...(baseline && { baseline }),
      artifact: resource.artifact,
      publishes: resource.publishes
        ? { environment, ...resource.publishes, publishers: command.publishers }
        : null,
    };
  }
}

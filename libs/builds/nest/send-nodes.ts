import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { BlobStore } from '#libs/blob-store';
import { type CommandAnswer, type CommandContext } from '#libs/kernel';
import { type ReleaseContent, ReleaseRequest } from '#libs/releases/contract';
import { type RegionBuildCommand } from '../contract/index.js';
import { Baselines } from './baselines.js';
import { CompiledNodes } from './compiled-nodes.js';

/** Sends a release: its content becomes durable, then Central hears of it. It waits for a person where its target's phase says so. */
@Injectable()
export class SendNodes {
  constructor(
    private readonly blobs: BlobStore,
    private readonly compiled: CompiledNodes,
    private readonly baselines: Baselines,
    private readonly commands: CommandBus,
  ) {}

  async execute(
    command: Extract<RegionBuildCommand, { readonly type: 'SendNodes' }>,
    context: CommandContext,
  ): Promise<CommandAnswer> {
    const { type: _, nodes, compiled, baseline, ...release } = command;
    const standing = baseline && (await this.baselines.at(baseline.blob)).nodes;
    const found = await Promise.all(nodes.map(({ node }) => this.compiled.find(compiled, node)));
    const content: ReleaseContent = {
      nodes: nodes.map((node, i) => {
        const before = baseline?.nodes.includes(node.node) ? standing?.[node.node] : undefined;
        return {
          ...node,
          attributes: found[i]!.resource.attributes,
          ...(before && { baseline: before }),
        };
      }),
    };
    const forPerson = found.some(({ flock, target }) =>
      flock.phases.some(({ name, approval }) => approval && name === target.phase),
    );
    return this.commands.execute<ReleaseRequest, CommandAnswer>(
      new ReleaseRequest(
        {
          type: 'SendRelease',
          ...release,
          content: await this.blobs.putJson(content),
          nodes: nodes.map((n) => n.node),
          approval: forPerson ? 'person' : 'auto',
        },
        context,
      ),
    );
  }
}

import { type CapabilityCommand } from '#libs/capabilities/contract';
import { type Json } from '#libs/kernel';
import { type DesiredNode } from '../contract/index.js';

/** What a publication gives to those who need the capability. */
export function outputsOf({ attributes }: DesiredNode): Readonly<Record<string, Json>> {
  return (attributes['outputs'] ?? {}) as Readonly<Record<string, Json>>;
}

/** The command by which a node's capability is published or, where its probe fails (a reason in words), found false. */
export function publicationOf(
  desired: DesiredNode,
  release: string,
  probeFailure: string | null,
): CapabilityCommand {
  const { environment, name, partial, publishers } = desired.publishes!;
  const { region, flock, target, node } = desired;
  return {
    type: 'PublishCapability',
    region,
    environment,
    name,
    partial,
    outputs: outputsOf(desired),
    publishers,
    probeFailure,
    publisher: { kind: 'node', node, flock, target, release, through: 'worker' },
  };
}

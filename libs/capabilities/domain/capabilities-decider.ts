import { canonicalJson, type Decider, refuse } from '#libs/kernel';
import { type CapabilityCommand, type CapabilityEvent, type CapabilityId } from '../contract/index.js';

export interface CapabilityState {
  readonly available: boolean;
  /** Nodes that have published since the capability was last withdrawn, with what each gave. */
  readonly published: ReadonlyMap<string, Outputs>;
  /** What it gives: the outputs of all its publishers, in the order of their ids. */
  readonly outputs: Outputs;
}

type Outputs = Readonly<Record<string, unknown>>;

/** Capabilities of one region by `environment/name`. */
export type CapabilitiesState = ReadonlyMap<string, CapabilityState>;

const unheardOf: CapabilityState = { available: false, published: new Map(), outputs: {} };

/**
 * What is available in one region. A capability becomes available when all of its publishers have published, and stays so, whatever
 * targets join later, until it is withdrawn. Published while its probe fails, it is recorded as false and does not become available.
 */
export const capabilitiesDecider: Decider<CapabilityCommand, CapabilitiesState, CapabilityEvent> = {
  initial: new Map(),

  decide(command, state) {
    const { region } = command;
    switch (command.type) {
      case 'PublishCapability': {
        const { environment, name, publisher, partial, publishers, outputs } = command;
        const id: CapabilityId = { environment, name };
        const now = state.get(keyOf(id)) ?? unheardOf;
        if (command.probeFailure !== null)
          return [
            {
              type: 'CapabilityFalselyPublished',
              data: { ...id, region, publisher, reason: command.probeFailure },
            },
          ];
        const node = publisher.kind === 'node' ? publisher.node : publisher.kind;
        const published = new Map(now.published).set(node, outputs);
        const isComplete = publishers.every((p) => published.has(p));
        const isNew = !now.published.has(node) || differ(outputs, now.published.get(node)!);
        if (!isNew && (now.available || !isComplete)) return [];
        const given = merged(published);
        const events: CapabilityEvent[] = [
          {
            type: 'CapabilityPublished',
            data: { ...id, region, publisher, partial, publishers, outputs },
          },
        ];
        if (now.available ? differ(given, now.outputs) : isComplete)
          events.push({ type: 'CapabilityBecameAvailable', data: { ...id, region, outputs: given } });
        return events;
      }
      case 'WithdrawCapability': {
        const { environment, name, reason } = command;
        const now = state.get(keyOf({ environment, name }));
        if (!now)
          return refuse('capability/unknown', `${name} was never published in ${region} (${environment})`, {
            fix: `see what is there: cios capability list ${region}`,
          });
        if (!now.available) return [];
        return [{ type: 'CapabilityWithdrawn', data: { environment, name, region, reason } }];
      }
      case 'AdoptCapabilities':
        return command.capabilities
          .filter((id) => state.get(keyOf(id))?.available !== true)
          .flatMap(({ environment, name, outputs = {} }): CapabilityEvent[] => [
            {
              type: 'CapabilityPublished',
              data: {
                environment,
                name,
                region,
                publisher: { kind: 'adoption' },
                partial: false,
                publishers: [],
                outputs,
              },
            },
            { type: 'CapabilityBecameAvailable', data: { environment, name, region, outputs } },
          ]);
    }
  },

  evolve(state, { type, data }) {
    const key = keyOf(data);
    const now = state.get(key) ?? unheardOf;
    switch (type) {
      case 'CapabilityPublished': {
        const { publisher } = data;
        const node = publisher.kind === 'node' ? publisher.node : publisher.kind;
        return new Map(state).set(key, { ...now, published: new Map(now.published).set(node, data.outputs) });
      }
      case 'CapabilityBecameAvailable':
        return new Map(state).set(key, { ...now, available: true, outputs: data.outputs });
      case 'CapabilityWithdrawn':
        return new Map(state).set(key, { ...now, available: false, published: new Map() });
      case 'CapabilityFalselyPublished':
        return state;
    }
  },
};

export const keyOf = ({ environment, name }: CapabilityId): string => `${environment}/${name}`;

function merged(published: ReadonlyMap<string, Outputs>): Outputs {
  const inOrder = [...published].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.assign({}, ...inOrder.map(([, outputs]) => outputs)) as Outputs;
}

const differ = (a: Outputs, b: Outputs): boolean => canonicalJson(a) !== canonicalJson(b);

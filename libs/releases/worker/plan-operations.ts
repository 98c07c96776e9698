import { type Executors } from '#libs/executors/contract';
import {
  type DesiredNode,
  type OperationAction,
  type ReleaseNode,
  type ReleasePlan,
} from '../contract/index.js';

type Place = Pick<DesiredNode, 'region' | 'environment' | 'flock' | 'version' | 'target'>;

/** Compares what a release wants with what is there, node by node. */
export async function planOperations(
  nodes: readonly ReleaseNode[],
  { region, environment, flock, version, target }: Place,
  executors: Executors,
): Promise<ReleasePlan['operations']> {
  return Promise.all(
    nodes.map(async (node): Promise<ReleasePlan['operations'][number]> => {
      if (node.type === 'capability')
        return { node: node.node, address: node.address, action: 'publish', changes: [] };
      const executor = executors.get(node.executor);
      const desired: DesiredNode = {
        ...node,
        region,
        environment,
        flock,
        version,
        target,
        artifact: null,
        publishes: null,
      };
      const actual = executor?.canRead ? await executor.read(desired) : null;
      const plan = await executor?.plan(desired, actual);
      return {
        node: node.node,
        address: node.address,
        action: plan?.action ?? 'create',
        changes: plan?.changes ?? [],
      };
    }),
  );
}

/** How many operations of a plan create, change, destroy, and have nothing to do. */
export function countOperations(operations: ReleasePlan['operations']): {
  readonly add: number;
  readonly change: number;
  readonly destroy: number;
  readonly none: number;
} {
  const count = (...actions: OperationAction[]) =>
    operations.filter((o) => actions.includes(o.action)).length;
  return {
    add: count('create'),
    change: count('update', 'replace'),
    destroy: count('delete'),
    none: count('none'),
  };
}

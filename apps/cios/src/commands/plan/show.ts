import { online, type Register } from '../../cli/cli.js';
import { path, type Client } from '../../cli/client.js';
import { printPlan } from './print-plan.js';
import { type RegionPlan } from './region-plan.js';

export const planShow: Register = (parent, cli) => {
  online(
    parent,
    'show <region-or-release>',
    'what a build of a region would do now, or what a release does',
  ).action(
    cli.run(async ({ args: [name = ''], out, connect }) => {
      const client = await connect();
      // Ids of releases have dots, names of regions have none.
      if (name.includes('.')) {
        const release = await client.get<object>(path`/v1/releases/${name}`);
        out.result(release);
        out.line(JSON.stringify(release, null, 2));
        out.next(`cios plan approve ${name}`, `cios plan reject ${name} --reason TEXT`);
        return 0;
      }
      const plan = await regionPlan(client, name);
      out.result(plan);
      printPlan(out, plan);
      out.next(
        plan.operations.length === 0
          ? `cios region show ${name}`
          : `cios build start ${name} --ticket TICKET`,
      );
      return 0;
    }),
  );
};

export function regionPlan(client: Client, region: string): Promise<RegionPlan> {
  return client.get<RegionPlan>(path`/v1/regions/${region}/plan`);
}

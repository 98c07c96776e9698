import { online, type Register } from '../../cli/cli.js';
import { path, type Client } from '../../cli/client.js';
import { printPlan } from './print-plan.js';
import { type RegionPlan } from './region-plan.js';

interface ReleasePlan extends Omit<RegionPlan, 'untouched'> {
  readonly build: string;
  readonly flock: string;
  readonly environment: string;
  readonly target: string;
  readonly status: string;
  readonly none: number;
  readonly failed: readonly string[];
}

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
        const release = await client.get<ReleasePlan>(path`/v1/releases/${name}`);
        out.result(release);
        const { flock, environment, target, status, none, failed } = release;
        out.line(
          `${out.color.bold(name)} is ${out.color.bold(status)}: ${flock} at ${target} (${environment})`,
        );
        printPlan(out, { ...release, untouched: none });
        for (const node of failed) out.line(`${out.color.red('failed:')} ${node}`);
        out.next(
          ...(failed[0] === undefined ? [] : [`cios plan retry ${name} ${failed[0]}`]),
          ...(status === 'planned'
            ? [`cios plan approve ${name}`, `cios plan reject ${name} --reason TEXT`]
            : []),
          `cios plan list --build ${release.build}`,
        );
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

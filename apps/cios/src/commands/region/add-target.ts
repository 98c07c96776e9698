import { change, repeated, type Register, keyValues } from '../../cli/cli.js';
import { settled } from '../../cli/settled.js';

interface Options {
  readonly availabilityDomain?: string;
  readonly set?: readonly string[];
}

export const regionAddTarget: Register = (parent, cli) => {
  change(parent, 'add-target <region> <name>', 'adds an execution target: a place at which flocks can stand')
    .option('--availability-domain <name>', 'the availability domain that it is in')
    .option('--set <key=value>', 'an attribute; may stand several times', repeated)
    .action(
      cli.run<Options>(async ({ args: [region = '', name = ''], options, out, connect, change: bears }) => {
        const client = await connect();
        const answer = await client.post(
          '/v1/execution-targets',
          {
            region,
            name,
            ...(options.availabilityDomain !== undefined && {
              availability_domain: options.availabilityDomain,
            }),
            ...(options.set && { attributes: keyValues(options.set) }),
          },
          bears,
        );
        const { recompiled, unchanged } = await settled(client, answer.revision);
        out.result({ ...answer, recompiled, unchanged });
        out.line(`${region} has the execution target ${name}`);
        out.line(`${recompiled.length} of ${recompiled.length + unchanged} flocks recompiled`);
        out.next(`cios build list ${region}`);
        return 0;
      }),
    );
};

import { refuse, Refused } from '#libs/kernel';
import { change, repeated, type Register, keyValues } from '../../cli/cli.js';
import { settled } from '../../cli/settled.js';

interface Options {
  readonly internalName?: string;
  readonly realm?: string;
  readonly set?: readonly string[];
  readonly notes?: string;
  readonly host?: string;
}

export const regionAdd: Register = (parent, cli) => {
  change(parent, 'add <name>', 'adds a region')
    .option('--internal-name <name>', 'what never changes of it; default: the name')
    .option('--realm <realm>', 'the realm that it is in')
    .option('--set <key=value>', 'an attribute; may stand several times', repeated)
    .option('--notes <text>', 'free text beside the data')
    .option('--host <region>', 'adds a ViBE for it, hosted in this region')
    .action(
      cli.run<Options>(async ({ args: [name = ''], options, out, connect, change: bears }) => {
        if (options.realm === undefined)
          throw new Refused(
            refuse('cli/missing-option', `nothing says in which realm ${name} is`, {
              fix: 'name it with --realm',
            }),
          );
        const client = await connect();
        const answer = await client.post(
          '/v1/regions',
          {
            internal_name: options.internalName ?? name,
            public_name: name,
            realm: options.realm,
            ...(options.set && { attributes: keyValues(options.set) }),
            ...(options.notes !== undefined && { notes: options.notes }),
            ...(options.host !== undefined && { vibe: { host_region: options.host } }),
          },
          bears,
        );
        const { recompiled, unchanged } = await settled(client, answer.revision);
        out.result({ ...answer, recompiled, unchanged });
        out.line(`${name} is there, in state none`);
        out.line(`${recompiled.length} of ${recompiled.length + unchanged} flocks recompiled`);
        out.next(
          `cios region add-target ${name} NAME --ticket TICKET`,
          `cios build start ${name} --ticket TICKET`,
        );
        return 0;
      }),
    );
};

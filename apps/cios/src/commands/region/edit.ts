import { refuse, Refused } from '#libs/kernel';
import { change, repeated, type Register, keyValues } from '../../cli/cli.js';
import { path, type Answer, type Client } from '../../cli/client.js';
import { settled } from '../../cli/settled.js';

interface Options {
  readonly set?: readonly string[];
  readonly unset?: readonly string[];
  readonly notes?: string;
  readonly ifMatch?: string;
}

export const regionEdit: Register = (parent, cli) => {
  change(parent, 'edit <region>', 'edits attributes of a region, and waits until what reads them recompiled')
    .option('--set <key=value>', 'an attribute, also notes; may stand several times', repeated)
    .option('--unset <key>', 'takes an attribute away; may stand several times', repeated)
    .option('--notes <text>', 'free text beside the data')
    .option('--if-match <revision>', 'only if nothing touched the region since that revision')
    .action(
      cli.run<Options>(async ({ args: [name = ''], options, out, connect, change: bears }) => {
        const { notes = options.notes, ...set } = keyValues(options.set ?? []);
        const unset = options.unset ?? [];
        if (notes === undefined && Object.keys(set).length + unset.length === 0)
          throw new Refused(
            refuse('cli/missing-option', `nothing says what to edit of ${name}`, {
              fix: 'give --set key=value',
            }),
          );
        const client = await connect();
        const body = {
          ...(Object.keys(set).length > 0 && { set }),
          ...(unset.length > 0 && { unset }),
          ...(notes !== undefined && { notes: typeof notes === 'string' ? notes : JSON.stringify(notes) }),
        };
        const { ifMatch } = options;
        const answer = await client.patch<Answer & { readonly events?: readonly string[] }>(
          path`/v1/regions/${name}`,
          body,
          { ...bears, ...(ifMatch !== undefined && { ifMatch }) },
        );
        const held = answer.events?.length === 0;
        const paths = held ? [] : await pathsOf(client, name, answer);
        const consequences = await settled(client, answer.revision);
        // Where nothing changed, the revision is another change's, and so are its consequences.
        const recompiled = held ? [] : consequences.recompiled;
        const unchanged = consequences.unchanged + (held ? consequences.recompiled.length : 0);
        out.result({ revision: answer.revision, position: answer.position, paths, recompiled, unchanged });
        out.line(`region data is at revision ${answer.revision}`);
        out.line(`${recompiled.length} of ${recompiled.length + unchanged} flocks recompiled`);
        await out.table(
          ['flock', 'because it reads'],
          recompiled.map(({ flock, reads }) => [flock, reads.join(', ')]),
        );
        if (recompiled.length > 0)
          out.next(`cios plan show ${name}`, `cios build start ${name} --ticket TICKET`);
        else out.next(`cios region history ${name}`);
        return 0;
      }),
    );
};

/** The paths that the edit changed, as flocks read them. */
async function pathsOf(client: Client, region: string, { position }: Answer): Promise<readonly string[]> {
  const { items } = await client.get<{
    readonly items: readonly {
      readonly position: string;
      readonly data: { readonly changes?: readonly { readonly attribute: string }[] };
    }[];
  }>(path`/v1/regions/${region}/changes`, { after: position, limit: 10 });
  const changes = items.filter((row) => row.position === position).flatMap(({ data }) => data.changes ?? []);
  return [...new Set(changes.map(({ attribute }) => `local.region.${attribute}`))];
}

import { refuse, Refused } from '#libs/kernel';
import { change, type Register } from '../../cli/cli.js';
import { path, type Client } from '../../cli/client.js';

interface Options {
  readonly plan?: string;
  readonly reason?: string;
}

/** Approval and rejection are bound to the plan that was looked at; without `--plan` that is the one that stands now. */
function decides(verb: 'approve' | 'reject', summary: string, done: string): Register {
  return (parent, cli) => {
    change(parent, `${verb} <release>`, summary)
      .option('--plan <digest>', 'the plan that you looked at')
      .option('--reason <text>', 'why')
      .action(
        cli.run<Options>(async ({ args: [release = ''], options, out, connect, change: bears }) => {
          const client = await connect();
          const plan = options.plan ?? (await planOf(client, release));
          const reason = options.reason ?? (verb === 'reject' ? 'rejected by hand' : undefined);
          const body = { plan, ...(reason !== undefined && { reason }) };
          const answer = await client.post(path`/v1/releases/${release}/` + verb, body, bears);
          out.result(answer);
          out.line(`release ${release} is ${done}`);
          out.next(`cios plan show ${release}`);
          return 0;
        }),
      );
  };
}

export const planApprove = decides('approve', 'approves the plan of a release', 'approved');
export const planReject = decides('reject', 'rejects the plan of a release', 'rejected');

async function planOf(client: Client, release: string): Promise<string> {
  const { plan } = await client.get<{ readonly plan?: string | { readonly digest?: string } | null }>(
    path`/v1/releases/${release}`,
  );
  const digest = typeof plan === 'string' ? plan : plan?.digest;
  if (digest !== undefined) return digest;
  throw new Refused(
    refuse('release/not-planned', `release ${release} has no plan yet`, {
      fix: `look again: cios plan show ${release}`,
    }),
  );
}

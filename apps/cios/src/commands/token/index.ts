import { refuse, Refused } from '#libs/kernel';
import { change, group, online, type Register } from '../../cli/cli.js';
import { path } from '../../cli/client.js';

interface TokenRow {
  readonly token: string;
  readonly actor: string;
  readonly name: string;
  readonly role: string;
  readonly issuedAt: string;
  readonly expiresAt: string | null;
  readonly revoked: boolean;
}

const list: Register = (parent, cli) => {
  online(parent, 'list', 'lists tokens; what they open with is never shown again').action(
    cli.run(async ({ out, connect }) => {
      const { items } = await (await connect()).get<{ readonly items: readonly TokenRow[] }>('/v1/tokens');
      out.result({ tokens: items });
      await out.table(
        ['token', 'actor', 'name', 'role', 'issued', 'until', ''],
        items.map((t) => [
          t.token,
          t.actor,
          t.name,
          t.role,
          t.issuedAt,
          t.expiresAt,
          t.revoked ? 'revoked' : 'valid',
        ]),
      );
      out.next('cios token create ACTOR --role ROLE');
      return 0;
    }),
  );
};

const create: Register = (parent, cli) => {
  change(parent, 'create <actor>', 'issues a token; its secret is printed this once')
    .option('--role <role>', 'viewer, editor, operator, approver or admin')
    .option('--name <name>', 'who that is, for people to read; default: the actor')
    .option('--expires <time>', 'until when it holds (ISO 8601)')
    .action(
      cli.run<{ role?: string; name?: string; expires?: string }>(
        async ({ args: [actor = ''], options: { role, name, expires }, out, connect, change: bears }) => {
          if (role === undefined)
            throw new Refused(
              refuse('cli/missing-option', `nothing says what ${actor} may do`, {
                fix: 'give --role viewer, editor, operator, approver or admin',
              }),
            );
          const answer = await (
            await connect()
          ).post<{ readonly token: string; readonly secret?: string }>(
            '/v1/tokens',
            { actor, role, name: name ?? actor, ...(expires !== undefined && { expiresAt: expires }) },
            bears,
          );
          out.result(answer);
          out.line(`token ${answer.token} of ${actor} (${role})`);
          out.line(answer.secret ?? 'its secret was in the first answer only');
          out.next('give the secret to its owner: CIOS_TOKEN=… cios region list');
          return 0;
        },
      ),
    );
};

const revoke: Register = (parent, cli) => {
  change(parent, 'revoke <token>', 'revokes a token at once').action(
    cli.run(async ({ args: [token = ''], out, connect, change: bears }) => {
      const answer = await (await connect()).delete(path`/v1/tokens/${token}`, undefined, bears);
      out.result(answer);
      out.line(`token ${token} is revoked`);
      out.next('cios token list');
      return 0;
    }),
  );
};

export const tokenCommands = group('token', 'who may do what', [list, create, revoke]);

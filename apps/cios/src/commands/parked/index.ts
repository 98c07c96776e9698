import { type ParkedItem } from '#libs/read-store/nest';
import { group, online, type Register } from '../../cli/cli.js';

const list: Register = (parent, cli) => {
  online(parent, 'list', 'events that a read model lacks, and commands of sagas that keep failing').action(
    cli.run(async ({ out, connect }) => {
      const { items } = await (await connect()).get<{ readonly items: readonly ParkedItem[] }>('/v1/parked');
      out.result({ parked: items });
      if (items.length === 0) out.line('nothing is parked');
      else
        await out.table(
          ['of', 'what', 'since', 'error', 'id'],
          items.map((p) => [p.of, p.what, p.parkedAt, p.retryAsked ? 'is tried again' : p.error, p.id]),
        );
      const first = items.find((p) => !p.behind);
      if (first) out.next(`cios parked retry '${first.id}'`);
      return 0;
    }),
  );
};

const retry: Register = (parent, cli) => {
  online(parent, 'retry <id>', 'tries one again; an event with those of its row that wait behind it').action(
    cli.run(async ({ args: [id = ''], out, connect }) => {
      const answer = await (await connect()).post<{ readonly id: string }>('/v1/parked/retry', { id });
      out.result(answer);
      out.line(`${id} is tried again; what fails again stays parked`);
      out.next('cios parked list');
      return 0;
    }),
  );
};

export const parkedCommands = group('parked', 'what failed and was set aside, so that the rest goes on', [
  list,
  retry,
]);

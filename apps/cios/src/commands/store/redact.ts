import { resolve } from 'node:path';
import { placesFrom, redactStored } from '#libs/installation/store';
import { refuse, Refused } from '#libs/kernel';
import { offline, type Register } from '../../cli/cli.js';
import { folderOf } from './folder-of.js';

interface Options {
  readonly ticket?: string;
  readonly actor: string;
}

export const redact: Register = (parent, cli) => {
  offline(
    parent,
    'redact <event>',
    'blanks the data of an event (position or id) for good; no server may run',
  )
    .option('--data <dir>', 'folder of the installation (default: .cios/data)')
    .option('--ticket <ticket>', 'why, and who allowed it; stands in the record')
    .option('--actor <actor>', 'who does it', 'admin')
    .action(
      cli.run<Options>(async ({ args: [asked = ''], options: { data, ticket, actor }, out, io }) => {
        if (ticket === undefined || ticket.trim() === '')
          throw new Refused(
            refuse('cli/missing-option', 'nothing says why the data shall be gone', {
              fix: 'give --ticket TICKET; it stands in the record for good',
            }),
          );
        const folder = folderOf(undefined, data, io);
        const places = placesFrom(io.env, resolve(io.cwd, folder));
        const occurredAt = new Date().toISOString();
        const { id, type, stream, revision, position } = await redactStored(places, asked, {
          ticket,
          actor,
          occurredAt,
        });
        out.result({ event: id, type, stream, revision, position, ticket });
        out.line(`${type} at position ${position} (${stream}@${revision}, ${id}) holds no data any more`);
        out.line('read models build again at the next start; earlier backups still hold the data');
        out.next(`cios store verify ${folder}`);
        return 0;
      }),
    );
};

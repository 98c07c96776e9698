import { online, type Register } from '../../cli/cli.js';

interface FlockRow {
  readonly flock: string;
  readonly latest: string;
  readonly versions: number;
  readonly owners: readonly string[];
}

export const flockList: Register = (parent, cli) => {
  online(parent, 'list', 'lists flocks').action(
    cli.run(async ({ out, connect }) => {
      const rows = await (await connect()).all<FlockRow>('/v1/flocks');
      out.result({ flocks: rows });
      await out.table(
        ['flock', 'latest version', 'versions', 'owners'],
        rows.map((r) => [r.flock, r.latest, r.versions, r.owners.join(', ')]),
      );
      if (rows.length === 0) out.line('no flocks');
      out.next(rows[0] ? `cios flock show ${rows[0].flock}` : 'cios flock publish DIR');
      return 0;
    }),
  );
};

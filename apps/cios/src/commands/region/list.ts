import { online, type Register } from '../../cli/cli.js';
import { type RegionRow } from './region-row.js';

export const regionList: Register = (parent, cli) => {
  online(parent, 'list', 'lists regions and their states')
    .option('--realm <realm>', 'only of this realm')
    .option('--state <state>', 'only in this state')
    .action(
      cli.run<{ realm?: string; state?: string }>(async ({ options: { realm, state }, out, connect }) => {
        const client = await connect();
        const rows = await client.all<RegionRow>('/v1/regions', { realm, state });
        out.result({ regions: rows });
        await out.table(
          ['region', 'internal', 'realm', 'state', 'ViBE', 'places', 'last ticket'],
          rows.map((r) => [r.publicName, r.region, r.realm, r.state, r.vibe, r.executionTargets, r.ticket]),
        );
        if (rows.length === 0) out.line('no regions');
        out.next(rows.length === 0 ? 'cios region import FILE --ticket TICKET' : 'cios region show NAME');
        return 0;
      }),
    );
};

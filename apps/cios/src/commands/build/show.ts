import { online, type Register } from '../../cli/cli.js';
import { path } from '../../cli/client.js';
import { waitingReleases } from '../plan/waiting.js';
import { causesOf, causeText } from './standstill.js';
import { rejectedReleases } from './standing-releases.js';
import { bar } from './watch-build.js';
import { progressOf, type BuildRow } from './build-row.js';

interface NodeRow {
  readonly node: string;
  readonly status: string;
  readonly waitsFor: readonly string[];
  readonly error?: string | null;
  readonly release?: string | null;
}

export const buildShow: Register = (parent, cli) => {
  online(parent, 'show <build>', 'how far a build is, and what stands in its way')
    .option(
      '--status <status>',
      'nodes in this status: done, started, ready, blocked, failed, uncertain, expected',
    )
    .action(
      cli.run<{ status?: string }>(async ({ args: [build = ''], options: { status }, out, connect }) => {
        const client = await connect();
        const row = await client.get<BuildRow>(path`/v1/builds/${build}`);
        const inStatus = async (wanted: string): Promise<readonly NodeRow[]> =>
          (
            await client.get<{ readonly items: readonly NodeRow[] }>(path`/v1/builds/${build}/nodes`, {
              status: wanted,
            })
          ).items;
        const nodes =
          status !== undefined
            ? await inStatus(status)
            : (row.counts?.failed ?? 0) > 0
              ? [...(await inStatus('failed')), ...(await inStatus('uncertain'))]
              : [];
        const stuck = nodes.find((n) => n.status === 'failed' || n.status === 'uncertain');
        const rejected = row.status === 'open' ? await rejectedReleases(client, build) : [];
        const awaiting = row.status === 'open' ? await waitingReleases(client, build) : [];
        const { counts, merges = [] } = row;
        const standsStill =
          row.status === 'open' &&
          awaiting.length === 0 &&
          counts !== undefined &&
          counts.waiting > 0 &&
          counts.started + counts.ready + counts.failed === 0;
        const causes = standsStill ? causesOf(await inStatus('blocked')) : [];
        out.result({ ...row, awaiting, rejected, ...(status !== undefined && { nodes }) });
        out.line(`${out.color.bold(row.build)} (${row.kind}) is ${out.color.bold(row.status)}`);
        if (counts && row.status !== 'completed') {
          const { done, total } = progressOf(row);
          out.line(`${bar(done, total)}  ${done} of ${total}`);
          out.line(
            `${counts.started} under way, ${counts.ready} ready, ${counts.waiting} waiting, ${counts.failed} failed`,
          );
        }
        out.line(`${row.releases ?? 0} releases, ${row.operations ?? 0} operations`);
        for (const { release, flock, owners } of awaiting)
          out.line(
            `${out.color.yellow('waits for approval:')} ${release}, by an approver (${flock} is ${owners.join(', ')}'s)`,
          );
        for (const { release, flock, reason } of rejected)
          out.line(`${out.color.yellow('rejected:')} ${release} of ${flock}${reason ? `, ${reason}` : ''}`);
        if (nodes.some((n) => n.status === 'uncertain'))
          out.line(
            'whether an uncertain operation had its effect is not known: look there first, then have it tried again',
          );
        for (const [cause, waiting] of causes.slice(0, 5))
          out.line(`${out.color.yellow('waits for')} ${causeText(cause)}: ${waiting} nodes`);
        if (merges.length > 0) out.line();
        await out.table(
          ['merged at revision', 'nodes', 'added', 'removed', 'changed'],
          merges.map((m) => [m.regionData, m.nodes, m.added, m.removed, m.changed]),
        );
        if (nodes.length > 0) out.line();
        await out.table(
          ['node', 'status', 'waits for'],
          nodes.map((n) => [n.node, n.status, n.error ?? n.waitsFor.slice(0, 3).join(', ')]),
        );
        out.next(
          ...(awaiting[0]
            ? [`cios plan show ${awaiting[0].release}`, `cios plan approve ${awaiting[0].release}`]
            : []),
          ...(stuck?.release ? [`cios plan retry ${stuck.release} '${stuck.node}' --ticket TICKET`] : []),
          ...(rejected[0]
            ? [
                `cios build cancel ${build} --ticket TICKET, then start anew: nothing of a rejected release is done`,
              ]
            : []),
          ...(causes.some(([cause]) => cause === 'gate:target_available')
            ? [`cios region edit ${row.region} --set target_available=true --ticket TICKET, once it is`]
            : []),
          ...(row.status === 'open'
            ? [`cios build watch ${build}`, `cios build show ${build} --status blocked`]
            : []),
          `cios plan list --build ${build}`,
        );
        return 0;
      }),
    );
};

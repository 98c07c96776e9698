import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { refuse, Refused } from '#libs/kernel';
import { change, group, online, type Register } from '../../cli/cli.js';
import { path, type Answer } from '../../cli/client.js';

interface SetRow {
  readonly set: string;
  readonly revision: number;
  readonly flocks: number;
  readonly artifacts: number;
}

interface Selection {
  readonly golden: { readonly set: string; readonly revision: number } | null;
  readonly vibe: { readonly set: string; readonly revision: number } | null;
  readonly pins: readonly {
    readonly region: string;
    readonly environment: string;
    readonly flock: string;
    readonly version: string;
  }[];
}

const list: Register = (parent, cli) => {
  online(parent, 'list', 'lists version sets, which of them is golden, and pins').action(
    cli.run(async ({ out, connect }) => {
      const client = await connect();
      const [sets, selection] = await Promise.all([
        client.all<SetRow>('/v1/version-sets'),
        client.get<Selection>('/v1/version-selection'),
      ]);
      out.result({ sets, ...selection });
      const named = (ref: Selection['golden']) => (ref === null ? '' : `${ref.set}@${ref.revision}`);
      await out.table(
        ['set', 'flocks', 'artifacts', ''],
        sets.map((s) => [
          `${s.set}@${s.revision}`,
          s.flocks,
          s.artifacts,
          `${s.set}@${s.revision}` === named(selection.golden) ? 'golden' : '',
        ]),
      );
      out.line(
        `golden: ${named(selection.golden) || 'none'}${selection.vibe ? `, in ViBEs ${named(selection.vibe)}` : ''}`,
      );
      for (const { region, environment, flock, version } of selection.pins)
        out.line(`pinned: ${flock}@${version} in ${region} (${environment})`);
      out.next(
        sets[0]
          ? `cios version-set show ${sets[0].set}@${sets[0].revision}`
          : 'cios flock publish DIR --golden',
      );
      return 0;
    }),
  );
};

const show: Register = (parent, cli) => {
  online(parent, 'show <set@revision>', 'what a revision of a version set names').action(
    cli.run(async ({ args: [text = ''], out, connect }) => {
      const { set, revision } = setRef(text);
      const entries = await (
        await connect()
      ).get<{ readonly flocks: Record<string, string>; readonly artifacts: Record<string, string> }>(
        path`/v1/version-sets/${set}/revisions/${String(revision)}`,
      );
      out.result(entries);
      await out.table(['flock', 'version'], Object.entries(entries.flocks));
      out.line();
      await out.table(['artifact', 'version'], Object.entries(entries.artifacts));
      out.next(`cios version-set golden ${text}`);
      return 0;
    }),
  );
};

const create: Register = (parent, cli) => {
  change(
    parent,
    'create <set> <file>',
    'a new revision of a version set, from a JSON file { flocks, artifacts }',
  ).action(
    cli.run(async ({ args: [set = '', file = ''], out, io, connect, change: bears }) => {
      const body = readEntries(resolve(io.cwd, file), file);
      const answer = await (
        await connect()
      ).post<Answer & { readonly setRevision: number }>(path`/v1/version-sets/${set}`, body, bears);
      out.result(answer);
      out.line(`version set ${set}@${answer.setRevision}`);
      out.next(`cios version-set golden ${set}@${answer.setRevision}`);
      return 0;
    }),
  );
};

const golden: Register = (parent, cli) => {
  change(parent, 'golden <set@revision>', 'moves golden: what regions build from now on')
    .option('--vibe', 'the set of ViBEs instead')
    .action(
      cli.run<{ vibe?: boolean }>(
        async ({ args: [text = ''], options: { vibe }, out, connect, change: bears }) => {
          const route = vibe === true ? '/v1/version-selection/vibe' : '/v1/version-selection/golden';
          const answer = await (await connect()).post(route, setRef(text), bears);
          out.result(answer);
          out.line(`${text} is ${vibe === true ? 'what ViBEs use' : 'golden'}`);
          out.next('cios version-set list', 'cios plan show REGION');
          return 0;
        },
      ),
    );
};

const pin: Register = (parent, cli) => {
  change(parent, 'pin <region> <flock> <version>', 'keeps a flock at a version in a region')
    .option('--environment <environment>', 'vibe or target', 'target')
    .action(
      cli.run<{ environment: string }>(
        async ({
          args: [region = '', flock = '', version = ''],
          options: { environment },
          out,
          connect,
          change: bears,
        }) => {
          const body = { region, environment, flock, version };
          const answer = await (await connect()).post('/v1/version-selection/pins', body, bears);
          out.result(answer);
          out.line(`${flock} stays at ${version} in ${region} (${environment})`);
          out.next(`cios plan show ${region}`);
          return 0;
        },
      ),
    );
};

const unpin: Register = (parent, cli) => {
  change(parent, 'unpin <region> <flock>', 'lets a flock follow the version set again')
    .option('--environment <environment>', 'vibe or target', 'target')
    .action(
      cli.run<{ environment: string }>(
        async ({
          args: [region = '', flock = ''],
          options: { environment },
          out,
          connect,
          change: bears,
        }) => {
          const answer = await (
            await connect()
          ).post('/v1/version-selection/unpin', { region, environment, flock }, bears);
          out.result(answer);
          out.line(`${flock} follows the version set in ${region} (${environment})`);
          out.next(`cios plan show ${region}`);
          return 0;
        },
      ),
    );
};

export const versionSetCommands = group('version-set', 'which versions are used where', [
  list,
  show,
  create,
  golden,
  pin,
  unpin,
]);

function setRef(text: string): { readonly set: string; readonly revision: number } {
  const [, set, revision] = /^(.+)@(\d+)$/.exec(text) ?? [];
  if (set !== undefined) return { set, revision: Number(revision) };
  throw new Refused(
    refuse('cli/invalid-argument', `${text} names no revision of a version set`, {
      fix: 'write it as set@revision',
    }),
  );
}

function readEntries(file: string, shown: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Refused(
      refuse('cli/invalid-file', `${shown} is no JSON: ${error.message}`, {
        fix: 'write { "flocks": { "name": "version" }, "artifacts": { "flock/artifact": "version" } }',
      }),
    );
  }
}

import { readFile } from 'node:fs/promises';
import { refuse, Refused } from '#libs/kernel';
import { path, type Answer, type ChangeOptions, type Client } from '../../cli/client.js';

export interface Published {
  readonly flocks: Readonly<Record<string, string>>;
  /** `<flock>/<artifact>` → version. */
  readonly artifacts: Readonly<Record<string, string>>;
  /** Null unless a version set was revised. */
  readonly set: { readonly set: string; readonly revision: number } | null;
  readonly golden: boolean;
  readonly position: string;
}

/** Requests under way at a time. */
const parallel = 8;

/**
 * Publishes the flocks below a folder, artifacts first; with `set` also a revision of that version set which names them, and with
 * `golden` moves golden there. The same content again is the same versions. Each request has a key of its own below `key`.
 */
export async function publishFlocks(
  client: Client,
  folder: string,
  options: ChangeOptions & { readonly set?: string; readonly golden?: boolean; readonly lenient?: boolean },
): Promise<Published> {
  const { discoverFlocks } = await import('#libs/flocks/discovery');
  const { flocks, problems } = await discoverFlocks(folder);
  const [problem] = problems;
  if (problem) throw new Refused(refuse(problem.code, problem.message, { fix: problem.fix }));
  if (flocks.length === 0)
    throw new Refused(
      refuse('discovery/no-flocks', `there are no flocks in ${folder}`, {
        fix: 'put each flock into a folder with a file that says flock "name" { owners = [...] }',
      }),
    );
  const { key, set, golden = false, lenient, ...bears } = options;
  const keyed = (name: string): ChangeOptions => ({
    ...bears,
    ...(key !== undefined && { key: `${key}/${name}` }),
  });
  const versions: Record<string, string> = {};
  const artifacts: Record<string, string> = {};
  let position = '-1';
  await inParallel(flocks, async (flock) => {
    for (const artifact of flock.artifacts) {
      const bytes = await readFile(artifact.file);
      const answer = await client.upload<Answer & { readonly version: string }>(
        'PUT',
        path`/v1/flocks/${flock.name}/artifacts/${artifact.name}`,
        bytes,
        { ...keyed(`artifact/${flock.name}/${artifact.name}`), query: { version: artifact.version } },
      );
      artifacts[`${flock.name}/${artifact.name}`] = answer.version;
    }
    const answer = await client.post<Answer & { readonly version: string }>(
      path`/v1/flocks/${flock.name}/versions`,
      {
        files: [...flock.files].map(([file, bytes]) => ({
          path: file,
          content: Buffer.from(bytes).toString('base64'),
        })),
        ...(lenient === true && { lenient }),
      },
      keyed(`flock/${flock.name}`),
    );
    versions[flock.name] = answer.version;
    position = answer.position;
  });
  if (set === undefined && !golden) return { flocks: versions, artifacts, set: null, golden, position };
  const name = set ?? 'main';
  const revised = await client.post<Answer & { readonly setRevision: number }>(
    path`/v1/version-sets/${name}`,
    { flocks: sorted(versions), artifacts: sorted(artifacts) },
    keyed(`set/${name}`),
  );
  position = revised.position;
  const ref = { set: name, revision: revised.setRevision };
  if (golden) position = (await client.post('/v1/version-selection/golden', ref, keyed('golden'))).position;
  return { flocks: versions, artifacts, set: ref, golden, position };
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const worker = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}

function sorted(record: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

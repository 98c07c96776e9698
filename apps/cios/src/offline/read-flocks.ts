import { join, resolve, sep } from 'node:path';
import { readFileSync } from 'node:fs';
import { type OfflineFlock } from '#libs/compilation/offline';
import { refuse, Refused } from '#libs/kernel';

/**
 * The flocks below `--flocks DIR`. A folder whose files belong to no flock is taken for one, so that compilation says what
 * is wrong with it. Refuses `discovery/…` where the folder cannot be read as flocks.
 */
export async function readFlocks(folder: string | undefined, cwd: string): Promise<readonly OfflineFlock[]> {
  if (folder === undefined)
    throw new Refused(
      refuse('cli/missing-option', 'nothing says where the flocks lie', {
        fix: 'name their folder with --flocks DIR',
      }),
    );
  const { discoverFlocks } = await import('#libs/flocks/discovery');
  const root = resolve(cwd, folder);
  const { flocks, problems } = await discoverFlocks(root);
  const fatal = problems.find(
    ({ code }) => !['discovery/no-flock', 'discovery/not-utf8', 'discovery/duplicate-flock'].includes(code),
  );
  if (fatal) throw new Refused(refuse(fatal.code, fatal.message, { fix: fatal.fix }));
  const found = flocks.map((flock) => ({
    name: flock.name,
    files: flock.files,
    prefix: `${join(folder, flock.folder)}/`,
    artifacts: new Map(flock.artifacts.map(({ name, digest }) => [name, digest])),
  }));
  const strays = new Map<string, Map<string, Uint8Array>>();
  for (const { code, path } of problems) {
    if (code !== 'discovery/no-flock' && code !== 'discovery/not-utf8') continue;
    const file = resolve(root, path);
    const [top = '.', ...rest] = file.slice(root.length + 1).split(sep);
    const [name, below] = rest.length === 0 ? ['.', top] : [top, rest.join('/')];
    const files = strays.get(name) ?? new Map<string, Uint8Array>();
    strays.set(name, files.set(below, readFileSync(file)));
  }
  const lacking = [...strays].map(([name, files]) => ({ name, files, prefix: `${join(folder, name)}/` }));
  if (found.length + lacking.length === 0)
    throw new Refused(
      refuse('discovery/no-flocks', `there are no flocks in ${folder}`, {
        fix: 'put each flock into a folder with a file that says flock "name" { owners = [...] }',
      }),
    );
  return [...found, ...lacking];
}

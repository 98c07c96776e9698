import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { refuse, Refused } from '#libs/kernel';
import { offline, type Register } from '../cli/cli.js';
import { packageRoot } from '../cli/package-root.js';

export const initCommand: Register = (program, cli) => {
  offline(program, 'init <dir>', 'writes a starter: region data with two regions, and one flock').action(
    cli.run(async ({ args: [dir = '.'], out, io }) => {
      const folder = resolve(io.cwd, dir);
      const starter = join(packageRoot(), 'examples', 'starter');
      const files = readdirSync(starter, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(starter, join(entry.parentPath, entry.name)))
        .sort();
      const there = files.find((file) => existsSync(join(folder, file)));
      if (there !== undefined)
        throw new Refused(
          refuse('cli/file-exists', `${join(dir, there)} is there already`, {
            fix: 'name a new folder; init never writes over anything',
          }),
        );
      mkdirSync(folder, { recursive: true });
      cpSync(starter, folder, { recursive: true, errorOnExist: true, force: false });
      out.result({ folder: dir, files });
      for (const file of files) out.line(join(dir, file));
      out.next(
        ...(dir === '.' ? [] : [`cd ${dir}`]),
        'cios compile --region-data region-data.yaml --flocks flocks --region us-portland-1',
        'cios up',
      );
      return 0;
    }),
  );
};

import { resolve } from 'node:path';
import { copyBackup, fillFolder, readManifest, removeLocks } from '#libs/installation/store';
import { refuse, Refused } from '#libs/kernel';
import { printVerification, verifyApart } from '../../../../audit/src/index.js';
import { type Register } from '../../cli/cli.js';
import { folderOf, onFolder } from './folder-of.js';

export const restore: Register = (parent, cli) => {
  onFolder(
    parent,
    'restore <backup> [dir]',
    'makes an installation of a backup, in a new or empty folder',
  ).action(
    cli.run(async ({ args: [backup = '', dir], options: { data }, out, io }) => {
      const source = resolve(io.cwd, backup);
      const manifest = await readManifest(source);
      if (manifest === null)
        throw new Refused(
          refuse('store/no-backup', `${backup} is no backup, or one that was not finished`, {
            fix: 'name a folder that cios store backup wrote',
          }),
        );
      const folder = folderOf(dir, data, io);
      const verified = await fillFolder(resolve(io.cwd, folder), async (staging) => {
        await copyBackup(source, staging);
        const found = await verifyApart(staging, io.cwd);
        await removeLocks(staging);
        if (!found.intact || found.root !== manifest.root)
          throw new Refused(
            refuse(
              'store/damaged-backup',
              `${backup} is not what was backed up at ${manifest.takenAt}; nothing was restored`,
              {
                fix: `restore another one; see what is wrong with this one: cios store verify ${backup}`,
                details: { findings: found.findings.slice(0, 50) },
              },
            ),
          );
        return found;
      });
      out.result({ data: resolve(io.cwd, folder), takenAt: manifest.takenAt, ...verified });
      printVerification(out, verified);
      out.line(`${out.color.bold(folder)} is as it was at ${manifest.takenAt}`);
      out.next(`cios up --data ${folder}`, `cios audit replay --data ${folder}`);
      return 0;
    }),
  );
};

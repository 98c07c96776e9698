import { relative, resolve } from 'node:path';
import {
  copyInstallation,
  fillFolder,
  mustHoldEvents,
  placesFrom,
  removeLocks,
  writeManifest,
} from '#libs/installation/store';
import { refuse, Refused } from '#libs/kernel';
import { printVerification, verifyApart } from '../../../../audit/src/index.js';
import { type Register } from '../../cli/cli.js';
import { folderOf, onFolder } from './folder-of.js';

export const backup: Register = (parent, cli) => {
  onFolder(parent, 'backup [dir]', 'copies an installation, also while it runs, and verifies the copy')
    .option('--to <folder>', 'a new or empty folder')
    .action(
      cli.run<{ to?: string }>(async ({ args: [dir], options: { data, to }, out, io }) => {
        if (to === undefined)
          throw new Refused(
            refuse('cli/missing-option', 'nothing says where the copy shall lie', {
              fix: 'give --to FOLDER',
            }),
          );
        const folder = folderOf(dir, data, io);
        const target = resolve(io.cwd, to);
        const from = placesFrom(io.env, resolve(io.cwd, folder));
        mustHoldEvents(from);
        if (!relative(from.data, target).startsWith('..'))
          throw new Refused(
            refuse('store/inside', `${to} lies in the installation itself`, {
              fix: 'name a folder outside, best on another disk: what is lost with the installation is no backup',
            }),
          );
        const verified = await fillFolder(target, async (staging) => {
          await copyInstallation(from, staging);
          const found = await verifyApart(staging, io.cwd);
          await removeLocks(staging);
          const { events, position, root } = found;
          await writeManifest(staging, { takenAt: new Date().toISOString(), events, position, root });
          return found;
        });
        out.result({ backup: target, ...verified });
        printVerification(out, verified);
        if (verified.intact) out.line(`${folder} is copied to ${out.color.bold(to)}`);
        else out.line(`${out.color.red('the copy is damaged, as is')} ${folder}; it is kept in ${to}`);
        out.next(
          verified.intact
            ? `cios store restore ${to} NEW-FOLDER`
            : `restore an older backup, and see what differs: cios store verify ${folder}`,
        );
        return verified.intact ? 0 : 1;
      }),
    );
};

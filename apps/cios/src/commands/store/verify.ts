import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Verification } from '#libs/audit';
import { type Manifest, readManifest, removeLocks } from '#libs/installation/store';
import { refuse, Refused } from '#libs/kernel';
import { printVerification, verifyApart } from '../../../../audit/src/index.js';
import { type Register } from '../../cli/cli.js';
import { folderOf, onFolder } from './folder-of.js';

export const verify: Register = (parent, cli) => {
  onFolder(
    parent,
    'verify [dir]',
    'checks every record, chain, seal and blob of an installation or a backup',
  ).action(
    cli.run(async ({ args: [dir], options: { data }, out, io }) => {
      const folder = folderOf(dir, data, io);
      const path = resolve(io.cwd, folder);
      if (!existsSync(join(path, 'events')))
        throw new Refused(
          refuse('store/no-store', `there is no event store in ${folder}`, {
            fix: 'name the folder of an installation, or of a backup',
          }),
        );
      const manifest = await readManifest(path);
      const found = sameAsSaid(manifest, await verifyApart(path, io.cwd));
      if (manifest !== null) await removeLocks(path);
      out.result(found);
      printVerification(out, found);
      out.next(
        found.intact
          ? manifest === null
            ? `cios store backup ${folder} --to FOLDER`
            : `cios store restore ${folder} NEW-FOLDER`
          : 'restore a backup into a new folder: cios store restore BACKUP NEW-FOLDER',
      );
      return found.intact ? 0 : 1;
    }),
  );
};

/** Of a backup also that it is the one that was taken. */
function sameAsSaid(manifest: Manifest | null, found: Verification): Verification {
  if (manifest === null || manifest.root === found.root) return found;
  const message = `its head is not what backup.json says (position ${manifest.position}, ${manifest.root})`;
  return {
    ...found,
    intact: false,
    findings: [...found.findings, { kind: 'store', position: null, message }],
  };
}

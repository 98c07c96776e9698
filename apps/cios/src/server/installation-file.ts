import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a running server says of itself to the command line on the same machine: `<data>/installation.json`, for its owner only. */
export interface InstallationFile {
  readonly url: string;
  readonly pid: number;
  readonly token: string;
  readonly startedAt: string;
}

export async function writeInstallationFile(data: string, content: InstallationFile): Promise<void> {
  await mkdir(data, { recursive: true, mode: 0o700 });
  const path = join(data, 'installation.json');
  const written = `${path}.${content.pid}`;
  await writeFile(written, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  await rename(written, path);
}

export async function removeInstallationFile(data: string): Promise<void> {
  await rm(join(data, 'installation.json'), { force: true });
}

import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Aggregates } from '#libs/event-store';
import { sha256 } from '#libs/kernel';
import { accessAggregate } from './access-aggregate.js';
import { newToken } from './new-token.js';
import { type StoredAccessDirectory } from './stored-access-directory.js';

/** Where an embedded installation keeps the admin token that the command line and the console's first link pick up. */
export function adminTokenFile(dataFolder: string): string {
  return join(dataFolder, 'access', 'admin-token');
}

export async function readAdminToken(dataFolder: string): Promise<string | null> {
  try {
    return (await readFile(adminTokenFile(dataFolder), 'utf8')).trim() || null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * The admin token of an embedded installation: the one in its file, written (readable by its owner only) at the first start.
 * The file is durable before the token is known to the installation; a start that was cut off in between goes on from it.
 */
export async function ensureAdminToken(
  dataFolder: string,
  directory: StoredAccessDirectory,
  aggregates: Aggregates,
): Promise<string> {
  const secret = (await readAdminToken(dataFolder)) ?? (await writeAdminToken(dataFolder));
  await admit(secret, directory, aggregates);
  return secret;
}

/** Makes a token that was given from outside (`CIOS_ADMIN_TOKEN`) an admin's; at least 32 characters. */
export async function admit(
  secret: string,
  directory: StoredAccessDirectory,
  aggregates: Aggregates,
): Promise<void> {
  if (secret.length < 32) throw new RangeError('an admin token has at least 32 characters');
  if (await directory.authenticate(secret)) return;
  const hash = sha256(secret);
  const commandId = `access/admin-token/${hash.slice(0, 16)}`;
  await aggregates.execute(
    accessAggregate,
    'access',
    {
      type: 'IssueToken',
      token: `admin-${hash.slice(0, 12)}`,
      actor: 'admin',
      name: 'Administrator',
      role: 'admin',
      hash,
      expiresAt: null,
    },
    { commandId, actor: 'system', occurredAt: new Date().toISOString(), correlationId: commandId },
  );
}

async function writeAdminToken(dataFolder: string): Promise<string> {
  const path = adminTokenFile(dataFolder);
  const { secret } = newToken();
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(`${secret}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  return secret;
}

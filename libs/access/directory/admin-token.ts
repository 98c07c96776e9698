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
  await admit(secret, 'admin', directory, aggregates);
  return secret;
}

/** By role, whose a token is that was given from outside. */
const holders = { admin: 'Administrator', regional: 'CIOS Regional' } as const;

/**
 * Makes a token that was given from outside (`CIOS_ADMIN_TOKEN`, `CIOS_REGIONAL_TOKEN`) one of the installation; at least 32
 * characters. Several processes may do so at once; one that was revoked stays revoked.
 */
export async function admit(
  secret: string,
  role: keyof typeof holders,
  directory: StoredAccessDirectory,
  aggregates: Aggregates,
): Promise<void> {
  if (secret.length < 32) throw new RangeError(`the ${role} token has fewer than 32 characters`);
  if (await directory.authenticate(secret)) return;
  const hash = sha256(secret);
  const commandId = `access/${role}-token/${hash.slice(0, 16)}`;
  await aggregates.execute(
    accessAggregate,
    'access',
    {
      type: 'IssueToken',
      token: `${role}-${hash.slice(0, 12)}`,
      actor: role,
      name: holders[role],
      role,
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

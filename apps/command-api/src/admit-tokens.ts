import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccessDirectory } from '#libs/access/contract';
import { admit, ensureAdminToken, type StoredAccessDirectory } from '#libs/access/directory';
import { Aggregates } from '#libs/event-store';
import { type InstallationSettings } from '#libs/installation';

/** Lets in who holds the tokens that the settings name; where they name no admin's, one is written below the data folder. */
export async function admitTokens(
  app: NestFastifyApplication,
  { data, secrets }: InstallationSettings,
): Promise<void> {
  const directory = app.get<StoredAccessDirectory>(AccessDirectory, { strict: false });
  const aggregates = app.get(Aggregates, { strict: false });
  if (secrets.adminToken === undefined) await ensureAdminToken(data, directory, aggregates);
  else await admit(secrets.adminToken, 'admin', directory, aggregates);
  if (secrets.regionalToken !== undefined)
    await admit(secrets.regionalToken, 'regional', directory, aggregates);
}

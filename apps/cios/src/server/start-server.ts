import 'reflect-metadata';
import { mkdir } from 'node:fs/promises';
import { AccessDirectory } from '#libs/access/contract';
import { ensureAdminToken, type StoredAccessDirectory } from '#libs/access/directory';
import { Aggregates } from '#libs/event-store';
import { settingsFrom } from '#libs/installation';
import { httpApplication, installationOf } from '#libs/installation/nest';
import { CommandApiModule } from '../../../command-api/src/command-api.module.js';
import { OrchestratorModule } from '../../../orchestrator/src/orchestrator.module.js';
import { QueryApiModule } from '../../../query-api/src/query-api.module.js';
import { RegionalModule } from '../../../regional/src/regional.module.js';
import { removeInstallationFile, writeInstallationFile } from './installation-file.js';

export interface Server {
  readonly url: string;
  readonly token: string;
  close(): Promise<void>;
}

/**
 * Serves an installation on a folder, on the loopback interface: every app in this process. Refuses `event-store/in-use` where
 * another process serves the folder; rejects with EADDRINUSE where something else listens on the port.
 */
export async function startServer(options: {
  readonly data: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly verbose?: boolean;
}): Promise<Server> {
  const settings = settingsFrom(process.env, options.data);
  // The record is for who holds a token, not for every user of the machine.
  await mkdir(settings.data, { recursive: true, mode: 0o700 });
  const all = installationOf(settings, CommandApiModule, QueryApiModule, OrchestratorModule, RegionalModule);
  const app = await httpApplication(all, { verbose: options.verbose === true });
  try {
    const token = await ensureAdminToken(
      settings.data,
      app.get<StoredAccessDirectory>(AccessDirectory, { strict: false }),
      app.get(Aggregates, { strict: false }),
    );
    await app.listen(options.port, '127.0.0.1');
    const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
    await writeInstallationFile(settings.data, {
      url,
      pid: process.pid,
      token,
      startedAt: new Date().toISOString(),
    });
    return {
      url,
      token,
      async close() {
        await app.close();
        await removeInstallationFile(settings.data);
      },
    };
  } catch (error) {
    await app.close();
    throw error;
  }
}

import { listeningFrom } from '#libs/installation';
import { httpApplication } from '#libs/installation/nest';
import { LeasingRegionalModule } from './leasing-regional.module.js';
import { regionalSettingsFrom } from './regional-settings.js';

/** Runs until SIGTERM or SIGINT. Serves `GET /v1/health`, on loopback unless `CIOS_LISTEN` says otherwise; nothing else comes in. */
export async function runRegional(env: NodeJS.ProcessEnv): Promise<void> {
  try {
    const settings = regionalSettingsFrom(env);
    const { host, port } = listeningFrom(env, 7404);
    const app = await httpApplication(LeasingRegionalModule.with(settings));
    app.enableShutdownHooks();
    await app.listen(port, host);
    console.log(JSON.stringify({ ready: true, app: 'regional', url: await app.getUrl(), pid: process.pid }));
  } catch (error) {
    console.error(`regional does not start: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
}

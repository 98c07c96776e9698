import { type Type } from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Refused } from '#libs/kernel';
import { listeningFrom, settingsFrom, type InstallationSettings } from '../settings.js';
import { httpApplication } from './http-application.js';
import { installationOf } from './installation-of.js';

/**
 * Serves one app in a process of its own: its settings from the environment, `GET /v1/health` beside what it serves, an orderly end on
 * SIGTERM and SIGINT. Prints one line of JSON (`ready`, `app`, `url`) once it listens. What stands in the way is told in one line, and
 * the process ends with 1.
 */
export async function serveApart(
  name: string,
  module: Type,
  defaultPort: number,
  /** Before it listens. */
  prepare?: (app: NestFastifyApplication, settings: InstallationSettings) => Promise<void>,
): Promise<void> {
  try {
    const settings = settingsFrom(process.env);
    const { host, port } = listeningFrom(process.env, defaultPort);
    const app = await httpApplication(installationOf(settings, module));
    app.enableShutdownHooks();
    await prepare?.(app, settings);
    await app.listen(port, host);
    console.log(JSON.stringify({ ready: true, app: name, url: await app.getUrl(), pid: process.pid }));
  } catch (error) {
    const fix = error instanceof Refused && error.refusal.fix !== undefined ? `; ${error.refusal.fix}` : '';
    console.error(`${name} does not start: ${error instanceof Error ? error.message : String(error)}${fix}`);
    process.exit(1);
  }
}

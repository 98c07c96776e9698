import 'reflect-metadata';
import { settingsFrom } from '#libs/installation';
import { httpApplication, installationOf } from '#libs/installation/nest';
import { CommandApiModule } from './command-api.module.js';

const app = await httpApplication(installationOf(settingsFrom(process.env), CommandApiModule));
app.enableShutdownHooks();
await app.listen(Number(process.env['CIOS_PORT'] ?? 7401), process.env['CIOS_LISTEN'] ?? '127.0.0.1');

import 'reflect-metadata';
import { settingsFrom } from '#libs/installation';
import { httpApplication, installationOf } from '#libs/installation/nest';
import { QueryApiModule } from './query-api.module.js';

const app = await httpApplication(installationOf(settingsFrom(process.env), QueryApiModule));
app.enableShutdownHooks();
await app.listen(Number(process.env['CIOS_PORT'] ?? 7402), process.env['CIOS_LISTEN'] ?? '127.0.0.1');

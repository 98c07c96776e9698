import 'reflect-metadata';
import { serveApart } from '#libs/installation/nest';
import { QueryApiModule } from './query-api.module.js';

await serveApart('query-api', QueryApiModule, 7402);

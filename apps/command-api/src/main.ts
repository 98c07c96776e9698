import 'reflect-metadata';
import { serveApart } from '#libs/installation/nest';
import { admitTokens } from './admit-tokens.js';
import { ApartCommandApiModule } from './command-api.module.js';

await serveApart('command-api', ApartCommandApiModule, 7401, admitTokens);

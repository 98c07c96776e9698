import 'reflect-metadata';
import { serveApart } from '#libs/installation/nest';
import { admitTokens } from './admit-tokens.js';
import { CommandApiModule } from './command-api.module.js';

await serveApart('command-api', CommandApiModule, 7401, admitTokens);

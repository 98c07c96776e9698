import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { settingsFrom } from '#libs/installation';
import { installationOf } from '#libs/installation/nest';
import { RegionalModule } from './regional.module.js';

const app = await NestFactory.createApplicationContext(
  installationOf(settingsFrom(process.env), RegionalModule),
  { logger: ['warn', 'error', 'fatal'] },
);
app.enableShutdownHooks();

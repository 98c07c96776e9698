import 'reflect-metadata';
import { serveApart } from '#libs/installation/nest';
import { OrchestratorModule } from './orchestrator.module.js';

await serveApart('orchestrator', OrchestratorModule, 7403);

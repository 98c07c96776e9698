import 'reflect-metadata';
import { runRegional } from './run-regional.js';

await runRegional(process.env);

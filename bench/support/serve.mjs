// One server for a benchmark, in a process of its own: prints { url, token } when it is ready, ends with its standard input. Simulated
// operations take no time and none fails.
// node serve.mjs command-api|all FOLDER memory|embedded
import 'reflect-metadata';
import { AccessDirectory } from '#libs/access/contract';
import { ensureAdminToken } from '#libs/access/directory';
import { Aggregates } from '#libs/event-store';
import { settingsFrom } from '#libs/installation';
import { httpApplication, installationOf } from '#libs/installation/nest';

const [, , what, folder, stores] = process.argv;
const apps = {
  'command-api': ['command-api/src/command-api.module.js'],
  all: [
    'command-api/src/command-api.module.js',
    'query-api/src/query-api.module.js',
    'orchestrator/src/orchestrator.module.js',
    'regional/src/regional.module.js',
  ],
};
const modules = await Promise.all(
  apps[what].map(async (path) =>
    Object.values(await import(new URL(`../../dist/apps/${path}`, import.meta.url)))
      .filter((exported) => typeof exported === 'function')
      .at(0),
  ),
);
const simulation = { CIOS_SIMULATION_MS: '0-0', CIOS_SIMULATION_FAILURES: '0' };
const memory = { CIOS_EVENT_STORE: 'memory:', CIOS_READ_STORE: 'memory:', CIOS_BLOB_STORE: 'memory:' };
const settings = settingsFrom({ ...simulation, ...(stores === 'memory' && memory) }, folder);
const app = await httpApplication(installationOf(settings, ...modules));
const token = await ensureAdminToken(
  settings.data,
  app.get(AccessDirectory, { strict: false }),
  app.get(Aggregates, { strict: false }),
);
await app.listen(0, '127.0.0.1');
console.log(JSON.stringify({ url: (await app.getUrl()).replace('[::1]', '127.0.0.1'), token }));
process.stdin.resume();
process.stdin.once('end', () => void app.close());

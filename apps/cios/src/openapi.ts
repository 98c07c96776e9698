import 'reflect-metadata';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openApiDocument } from '#libs/http/openapi';
import { settingsFrom } from '#libs/installation';
import { httpApplication, installationOf } from '#libs/installation/nest';
import { ApartCommandApiModule } from '../../command-api/src/command-api.module.js';
import { QueryApiModule } from '../../query-api/src/query-api.module.js';

// openapi.js [FILE]: writes the OpenAPI document of the whole API to a file, or to standard output.
const [, , file] = process.argv;
const folder = await mkdtemp(join(tmpdir(), 'cios-openapi-'));
try {
  const stores = { CIOS_EVENT_STORE: 'memory:', CIOS_READ_STORE: 'memory:', CIOS_BLOB_STORE: 'memory:' };
  const app = await httpApplication(
    installationOf(settingsFrom(stores, folder), ApartCommandApiModule, QueryApiModule),
  );
  const text = `${JSON.stringify(openApiDocument(app), null, 2)}\n`;
  await app.close();
  if (file === undefined) process.stdout.write(text);
  else await writeFile(file, text);
} finally {
  await rm(folder, { recursive: true, force: true });
}

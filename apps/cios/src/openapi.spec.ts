import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { settingsFrom } from '#libs/installation';
import { httpApplication, installationOf } from '#libs/installation/nest';
import { ApartCommandApiModule } from '../../command-api/src/command-api.module.js';
import { QueryApiModule } from '../../query-api/src/query-api.module.js';

interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly parameters?: readonly { readonly $ref?: string; readonly in?: string; readonly name?: string }[];
  readonly responses: Readonly<Record<string, object>>;
  readonly security?: readonly object[];
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

describe('the OpenAPI document', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cios-openapi-'));
  let app: NestFastifyApplication;
  let document: Document;

  beforeAll(async () => {
    const memory = { CIOS_EVENT_STORE: 'memory:', CIOS_READ_STORE: 'memory:', CIOS_BLOB_STORE: 'memory:' };
    app = await httpApplication(
      installationOf(settingsFrom(memory, folder), ApartCommandApiModule, QueryApiModule),
    );
    await app.listen(0, '127.0.0.1');
    const response = await fetch(new URL('/v1/openapi.json', await app.getUrl()));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    document = (await response.json()) as Document;
  });

  afterAll(async () => {
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const operations = () =>
    Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
    );

  it('is served to anybody, as it is checked in', () => {
    const checkedIn = JSON.parse(
      readFileSync(new URL('../../../openapi.json', import.meta.url), 'utf8'),
    ) as unknown;
    expect(document).toEqual(checkedIn);
    expect(document.openapi).toBe('3.1.0');
  });

  it('has no reference that leads nowhere, and names every parameter of a path', () => {
    for (const [, section, name] of JSON.stringify(document).matchAll(/"#\/components\/(\w+)\/([\w.-]+)"/g))
      expect(Object.keys(document.components[section!] ?? {})).toContain(name);
    for (const { path, operation } of operations())
      for (const [, name] of path.matchAll(/\{(\w+)\}/g))
        expect(operation.parameters?.some((p) => p.in === 'path' && p.name === name)).toBe(true);
  });

  it('names each operation once, and says what it is for', () => {
    for (const { operation } of operations())
      expect([operation.operationId, operation.summary]).toEqual([
        operation.operationId,
        expect.stringMatching(/^[A-Z].+[^.]$/),
      ]);
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(90);
  });

  it('refuses whoever has no token, except where it says that it asks for none', async () => {
    const url = await app.getUrl();
    for (const { path, method, operation } of operations().filter((o) => o.method === 'get')) {
      if (path.endsWith('/stream')) continue;
      const { status } = await fetch(new URL(path.replaceAll(/\{\w+\}/g, 'x'), url), { method });
      expect([path, status]).toEqual([path, operation.security?.length === 0 ? 200 : 401]);
    }
  });

  it('tells of the headers of a command, and of what its body may hold', () => {
    const edit = document.paths['/v1/regions/{region}']!['patch']!;
    const headers = edit.parameters!.flatMap((p) => p.$ref ?? []);
    for (const name of ['IdempotencyKey', 'IfMatch', 'XChangeTicket', 'XCorrelationId'])
      expect(headers).toContain(`#/components/parameters/${name}`);
    expect(Object.keys(edit.responses)).toEqual([
      '200',
      '400',
      '401',
      '403',
      '404',
      '409',
      '412',
      '422',
      '503',
    ]);
    expect(document.components['schemas']!['AddRegionDto']).toMatchObject({
      required: ['internal_name', 'realm'],
      additionalProperties: false,
      properties: {
        internal_name: { pattern: '^[A-Za-z0-9_-]{1,128}$' },
        notes: { maxLength: 16_384 },
      },
    });
    expect(document.components['schemas']!['AddExecutionTargetDto']).toMatchObject({
      properties: { availability_domain: { type: ['string', 'null'] } },
    });
  });
});

import { type INestApplicationContext } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { publicRoute, requiredRole } from '../request-principal.js';
import { etag, problems, schemas, securitySchemes } from './common.js';
import { constrain } from './constraints.js';
import { inVersion31 } from './in-version-31.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Parameter = NonNullable<Operation['parameters']>[number];
type Responses = Record<string, object>;

const methods = ['get', 'put', 'post', 'patch', 'delete'] as const;

/** OpenAPI 3.1 of every controller in the app, from the code alone: the same code gives the same document. */
export function openApiDocument(app: Parameters<typeof SwaggerModule.createDocument>[0]): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('CIOS')
    .setDescription(
      'Cloud Infrastructure Orchestration Service: region data, flocks, builds, releases, capabilities, and the log of all events. Errors are problems (RFC 9457).',
    )
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .setOpenAPIVersion('3.1.0')
    .build();
  const document = SwaggerModule.createDocument(app, config, { operationIdFactory: operationId });
  const access = accessOf(app);
  const headers: Record<string, object> = {};
  for (const [path, item] of Object.entries(document.paths))
    for (const method of methods) {
      const operation = item[method];
      if (operation) describe(operation, method, path, access.get(operation.operationId ?? ''), headers);
    }
  const own = document.components?.schemas ?? {};
  for (const [name, schema] of Object.entries(own)) constrain(name, schema as Record<string, unknown>);
  return inVersion31({
    ...document,
    security: [{ bearer: [] }],
    components: {
      securitySchemes,
      parameters: sorted(headers),
      headers: { ETag: etag },
      responses: problems,
      schemas: sorted({ ...schemas, ...own }),
    },
  } as OpenAPIObject);
}

const operationId = (controller: string, method: string): string =>
  `${controller.replace(/Controller$/, '')}.${method}`;

interface Access {
  readonly open: boolean;
  readonly role: string;
}

/** By operation id, what the guard asks of a caller. */
function accessOf(app: INestApplicationContext): ReadonlyMap<string, Access> {
  const found = new Map<string, Access>();
  for (const { controllers } of app.get(ModulesContainer).values())
    for (const { metatype } of controllers.values()) {
      const prototype = (metatype as { readonly prototype: Record<string, unknown> }).prototype;
      for (const name of Object.getOwnPropertyNames(prototype)) {
        const handler = Object.getOwnPropertyDescriptor(prototype, name)?.value as unknown;
        if (typeof handler !== 'function' || !metatype) continue;
        const told = (key: string): unknown =>
          Reflect.getMetadata(key, handler) ?? Reflect.getMetadata(key, metatype);
        const role = told(requiredRole);
        found.set(operationId((metatype as { readonly name: string }).name, name), {
          open: told(publicRoute) === true,
          role: typeof role === 'string' ? role : 'viewer',
        });
      }
    }
  return found;
}

function describe(
  operation: Operation,
  method: string,
  path: string,
  access: Access | undefined,
  headers: Record<string, object>,
): void {
  const parameters = operation.parameters ?? [];
  const has = (place: string, name?: string): boolean =>
    parameters.some((p) => 'in' in p && p.in === place && (name === undefined || p.name === name));
  const isCommand = has('header', 'Idempotency-Key');
  const responses = operation.responses as Responses;
  // A controller's answer is told as 200 for all its routes; what creates something answers 201.
  const { 200: asked, 201: created } = responses;
  if (asked && created) {
    responses['201'] = asked;
    delete responses['200'];
  }
  const headersSent =
    isCommand && has('header', 'If-Match') ? { ETag: { $ref: '#/components/headers/ETag' } } : null;
  for (const [status, response] of Object.entries(responses))
    responses[status] = {
      ...response,
      description: textOf(response) || (isCommand ? 'Done.' : 'As asked.'),
      ...(headersSent && { headers: headersSent }),
      content: 'content' in response ? response.content : contentOf(path, isCommand, has),
    };
  const refused: Record<string, keyof typeof problems> = {
    400: 'BadRequest',
    ...(!access?.open && { 401: 'Unauthenticated' as const, 403: 'Forbidden' as const }),
    ...(has('path') && { 404: 'NotFound' as const }),
    ...(isCommand && { 409: 'Conflict' as const }),
    ...(has('header', 'If-Match') && { 412: 'PreconditionFailed' as const }),
    ...((isCommand || method === 'post') && { 422: 'Invalid' as const }),
    503: 'Unavailable',
  };
  for (const [status, name] of Object.entries(refused))
    responses[status] ??= { $ref: `#/components/responses/${name}` };
  operation.parameters = parameters.map((parameter) => hoisted(parameter, headers));
  delete operation.security;
  if (access?.open) operation.security = [];
  else Object.assign(operation, { 'x-required-role': access?.role ?? 'viewer' });
}

const textOf = (response: object): string =>
  (response as { readonly description?: string }).description ?? '';

function contentOf(path: string, isCommand: boolean, has: (place: string, name?: string) => boolean): object {
  if (path.endsWith('/stream'))
    return { 'text/event-stream': { schema: { type: 'string', description: '`id` is the position.' } } };
  const schema = isCommand
    ? { $ref: '#/components/schemas/Answer' }
    : has('query', 'cursor')
      ? { $ref: '#/components/schemas/Page' }
      : { type: 'object', additionalProperties: true };
  return { 'application/json': { schema } };
}

/** A header that many operations share stands in the components once. */
function hoisted(parameter: Parameter, headers: Record<string, object>): Parameter {
  if (!('in' in parameter) || parameter.in !== 'header') return parameter;
  const name = parameter.name.replaceAll('-', '');
  headers[name] = parameter;
  return { $ref: `#/components/parameters/${name}` };
}

const sorted = <T>(of: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1)));

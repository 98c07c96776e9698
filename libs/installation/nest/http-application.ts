import { type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';

/** A flock version of 16 MiB, in base64 and JSON. */
const bodyLimit = 24 * 1024 * 1024;

/** An app that serves HTTP on Fastify, with bodies of bytes handed on as streams. Logs warnings and errors only, unless told. */
export async function httpApplication(
  module: DynamicModule,
  { verbose = false }: { readonly verbose?: boolean } = {},
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 512 },
  });
  adapter.getInstance().addContentTypeParser('application/octet-stream', (_request, payload, done) => {
    done(null, payload);
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: verbose ? ['log', 'warn', 'error', 'fatal'] : ['warn', 'error', 'fatal'],
    abortOnError: false,
    // What stands in the way of starting is thrown, and told once by who started it.
    bufferLogs: true,
    autoFlushLogs: false,
  });
  app.flushLogs();
  serveOpenApi(app);
  return app;
}

/** `GET /v1/openapi.json`, for anybody: made when it is first asked for, so that starting pays nothing for it. */
function serveOpenApi(app: NestFastifyApplication): void {
  let document: Promise<string> | undefined;
  app
    .getHttpAdapter()
    .getInstance()
    .get('/v1/openapi.json', async (_request, reply) => {
      document ??= import('#libs/http/openapi').then(({ openApiDocument }) =>
        JSON.stringify(openApiDocument(app)),
      );
      return reply.type('application/json; charset=utf-8').send(await document);
    });
}

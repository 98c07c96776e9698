import { ConsoleLogger, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { problemOf } from '#libs/http';

/** A flock version of 16 MiB, in base64 and JSON. */
const bodyLimit = 24 * 1024 * 1024;

/** What the router gives away before there is a route. */
interface RouterReply {
  code(status: number): RouterReply;
  type(contentType: string): RouterReply;
  send(body: string): unknown;
}

/** An app that serves HTTP on Fastify, with bodies of bytes handed on as streams. Logs warnings and errors only, unless told. */
export async function httpApplication(
  module: DynamicModule,
  { verbose = false }: { readonly verbose?: boolean } = {},
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 512 },
    // What the router refuses never reaches the filter: an address that is malformed or too long.
    frameworkErrors: (error: Error, _request: unknown, reply: unknown) => {
      const problem = problemOf(error);
      (reply as RouterReply)
        .code(problem.status)
        .type('application/problem+json; charset=utf-8')
        .send(JSON.stringify(problem));
    },
  });
  adapter.getInstance().addContentTypeParser('application/octet-stream', (_request, payload, done) => {
    done(null, payload);
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: new ApplicationLogger({
      logLevels: verbose ? ['log', 'warn', 'error', 'fatal'] : ['warn', 'error', 'fatal'],
    }),
    abortOnError: false,
    // What stands in the way of starting is thrown, and told once by who started it.
    bufferLogs: true,
    autoFlushLogs: false,
  });
  app.flushLogs();
  serveOpenApi(app);
  return app;
}

/** Says nothing of a port that is in use: `listen` rejects too, and who started the app tells it. */
class ApplicationLogger extends ConsoleLogger {
  override error(message: unknown, ...rest: unknown[]): void {
    if (typeof message === 'string' && message.startsWith('Error: listen ')) return;
    super.error(message, ...rest);
  }
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

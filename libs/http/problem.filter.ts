import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { problemOf } from './problem.js';

/** What the filter needs of a Fastify reply. */
interface Reply {
  readonly sent?: boolean;
  code(status: number): Reply;
  header(name: string, value: string): Reply;
  send(body: unknown): unknown;
}

/** The one place where refusals and faults become HTTP: `application/problem+json`. A fault is logged whole and told as an id. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  catch(error: unknown, host: ArgumentsHost): void {
    const problem = problemOf(error);
    if (problem.status === 500) {
      this.logger.error(
        `${problem.instance ?? ''} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    }
    const reply = host.switchToHttp().getResponse<Reply>();
    if (reply.sent) return;
    reply.code(problem.status).header('content-type', 'application/problem+json; charset=utf-8');
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
    if (problem.status === 503) reply.header('retry-after', '1');
    reply.send(JSON.stringify(problem));
  }
}

import { Logger } from '@nestjs/common';

/** Something that runs until it is told to stop, beside the serving of requests: projections, sagas. */
export class BackgroundRun {
  private readonly stopping = new AbortController();
  private readonly logger: Logger;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly name: string) {
    this.logger = new Logger(name);
  }

  start(run: (signal: AbortSignal) => Promise<void>): void {
    this.running = run(this.stopping.signal).catch((error: unknown) => {
      if (this.stopping.signal.aborted) return;
      this.logger.error(
        `${this.name} ended: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    });
  }

  /** Resolves when it has ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }
}

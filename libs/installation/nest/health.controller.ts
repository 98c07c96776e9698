import { Controller, Get, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { BlobStore } from '#libs/blob-store';
import { EventStore } from '#libs/event-store';
import { Public } from '#libs/http';
import { ReadStore } from '#libs/read-store';

/** Milliseconds that a store may take to answer. */
const patienceMs = 3_000;
const noBlob = '0'.repeat(64);

/** `up`, or in words why not. */
type StoreHealth = string;

@ApiTags('health')
@Controller('v1')
export class HealthController {
  constructor(
    private readonly events: EventStore,
    private readonly rows: ReadStore,
    private readonly blobs: BlobStore,
  ) {}

  /** 200 where every store answers, else 503; `head` is the position of the last event. */
  @ApiOperation({ summary: 'Whether the server is up and its stores answer' })
  @Get('health')
  @Public()
  async health(@Res({ passthrough: true }) reply: { code(status: number): unknown }) {
    const seen: { head: string | null } = { head: null };
    const [events, read, blobs] = await Promise.all([
      told(async () => {
        const head = await this.events.head();
        seen.head = head === null ? null : String(head);
      }),
      told(() => this.rows.getDocument('health')),
      told(() => this.blobs.has(noBlob)),
    ]);
    const isUp = [events, read, blobs].every((store) => store === 'up');
    if (!isUp) reply.code(503);
    return {
      status: isUp ? 'up' : 'down',
      head: seen.head,
      stores: { events, read, blobs },
    };
  }
}

async function told(ask: () => Promise<unknown>): Promise<StoreHealth> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<StoreHealth>((resolve) => {
    timer = setTimeout(resolve, patienceMs, `no answer within ${patienceMs} ms`);
  });
  const answer = ask().then(
    () => 'up',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  return Promise.race([answer, late]).finally(() => {
    clearTimeout(timer);
  });
}

import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsNumberString, IsOptional, IsString, Max, Min } from 'class-validator';
import { EventStore } from '../port/event-store.js';
import { reached } from '../reached.js';
import { toJson } from './event-json.js';
import { firstRevisionAfter } from './first-revision-after.js';
import { openEventStream, type RawReply } from './event-stream.js';

const digits = { no_symbols: true } as const;

export class EventsQuery {
  @ApiPropertyOptional({ description: 'Exclusive position; 404 where the log has not come so far.' })
  @IsOptional()
  @IsNumberString(digits)
  after?: string;

  @ApiPropertyOptional({ description: 'Inclusive position.' })
  @IsOptional()
  @IsNumberString(digits)
  until?: string;

  @ApiPropertyOptional({ description: 'Types of events, separated by commas.' })
  @IsOptional()
  @IsString()
  types?: string;

  @ApiPropertyOptional({ description: 'Only of this stream.' })
  @IsOptional()
  @IsString()
  stream?: string;

  @ApiPropertyOptional({ default: 100, description: 'At most 1,000.' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1000)
  limit?: number;
}

export class StreamQuery {
  @ApiPropertyOptional({
    description:
      'Exclusive position, 404 where the log has not come so far; the header Last-Event-ID comes first.',
  })
  @IsOptional()
  @IsNumberString(digits)
  after?: string;

  @ApiPropertyOptional({ description: 'Types of events, separated by commas.' })
  @IsOptional()
  @IsString()
  types?: string;
}

/** The log itself: page by page, and live. */
@ApiTags('events')
@ApiBearerAuth()
@Controller('v1')
export class EventsController {
  constructor(private readonly events: EventStore) {}

  @ApiOperation({ summary: 'A page of the log' })
  @Get('events')
  async page(@Query() { after: given, until, types, stream, limit = 100 }: EventsQuery) {
    const after = given === undefined ? undefined : await reached(this.events, BigInt(given));
    const wanted = types?.split(',');
    const items: ReturnType<typeof toJson>[] = [];
    const source =
      stream === undefined
        ? this.events.readAll({
            limit,
            ...(after !== undefined && { after }),
            ...(until !== undefined && { until: BigInt(until) }),
            ...(wanted && { types: wanted }),
          })
        : this.events.readStream(stream, {
            ...(after !== undefined && {
              from: await firstRevisionAfter(this.events, stream, after),
            }),
          });
    for await (const event of source) {
      if (until !== undefined && event.position > BigInt(until)) break;
      if (wanted && !wanted.includes(event.type)) continue;
      items.push(toJson(event));
      if (items.length === limit) break;
    }
    const last = items.at(-1);
    return { items, ...(items.length === limit && last && { next: last.position }) };
  }

  /** Server-sent events; `id` is the position, by which a client that was cut off resumes. */
  @ApiOperation({ summary: 'The log, live, as server-sent events' })
  @Get('events/stream')
  async stream(
    @Query() { after, types }: StreamQuery,
    @Req() request: { readonly headers: Readonly<Record<string, unknown>> },
    @Res() reply: RawReply,
  ): Promise<void> {
    const header = request.headers['last-event-id'];
    const from = typeof header === 'string' && /^\d+$/.test(header) ? header : after;
    return openEventStream(reply, this.events, {
      ...(from !== undefined && { after: await reached(this.events, BigInt(from)) }),
      ...(types !== undefined && { types: types.split(',') }),
    });
  }
}

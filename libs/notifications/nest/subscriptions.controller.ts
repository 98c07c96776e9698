import { randomUUID } from 'node:crypto';
import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsIn,
  IsInt,
  IsNumberString,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { Aggregates, EventStore, reached } from '#libs/event-store';
import { ChangeDto, Command, Requires } from '#libs/http';
import { refuse, Refused, type CommandContext } from '#libs/kernel';
import { ReadStore } from '#libs/read-store';
import { type NotifiedEvent, type SubscriptionMode } from '../contract/index.js';
import { matches, type Subscription } from '../domain/index.js';
import { DeliveryRecords, notifiedEvent, subscriptionsAggregate, webhookSecret } from '../delivery/index.js';

/** Provider token of the key that webhook secrets are derived from: a string. */
export const SIGNING_KEY = Symbol('notifications signing key');

export class FilterDto {
  @ApiPropertyOptional({ type: [String], description: 'Event types; none means all.' })
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  types?: string[];

  @ApiPropertyOptional({ type: [String], description: 'Internal names of regions; none means all.' })
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  regions?: string[];

  @ApiPropertyOptional({ type: [String], description: 'Only notices to these owners of flocks.' })
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  owners?: string[];
}

export class CreateSubscriptionDto extends ChangeDto {
  @ApiProperty()
  @IsString()
  @MinLength(1)
  @MaxLength(200)
  name!: string;

  @ApiPropertyOptional({ description: 'Where to deliver; left out with the mode `poll`.' })
  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  url?: string;

  @ApiPropertyOptional({ type: FilterDto })
  @IsOptional()
  @ValidateNested()
  @Type(() => FilterDto)
  filter?: FilterDto;

  @ApiPropertyOptional({ enum: ['on-change', 'on-schedule', 'poll'], default: 'on-change' })
  @IsOptional()
  @IsIn(['on-change', 'on-schedule', 'poll'])
  mode?: SubscriptionMode['kind'];

  @ApiPropertyOptional({
    description: 'With `on-schedule`: seconds between deliveries, at most a day.',
    default: 60,
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(86_400)
  everySeconds?: number;
}

export class PollQuery {
  @ApiPropertyOptional({
    description: '`next` of the last answer; without it from the beginning of the log.',
  })
  @IsOptional()
  @IsNumberString({ no_symbols: true })
  after?: string;

  @ApiPropertyOptional({ default: 100 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1000)
  limit?: number;
}

/** Events looked at for one poll: a filter that matches nothing must not read the whole log at once. */
const looksAt = 20_000;

@ApiTags('notifications')
@ApiBearerAuth()
@Controller('v1/subscriptions')
export class SubscriptionsController {
  readonly #records: DeliveryRecords;

  constructor(
    private readonly aggregates: Aggregates,
    private readonly events: EventStore,
    rows: ReadStore,
    @Inject(SIGNING_KEY) private readonly signingKey: string,
  ) {
    this.#records = new DeliveryRecords(rows);
  }

  @ApiOperation({ summary: 'Subscribe to events, by webhook or for polling' })
  @Post()
  @Requires('editor')
  async create(@Body() body: CreateSubscriptionDto, @Command() context: CommandContext) {
    const subscription = `sub-${randomUUID()}`;
    const { name, url = null, filter = {}, mode: kind = 'on-change', everySeconds = 60 } = body;
    const done = await this.aggregates.execute(
      subscriptionsAggregate,
      'all',
      {
        type: 'CreateSubscription',
        subscription,
        name,
        url,
        filter: { types: filter.types ?? [], regions: filter.regions ?? [], owners: filter.owners ?? [] },
        mode: kind === 'on-schedule' ? { kind, everySeconds } : { kind },
      },
      context,
    );
    const created = done.events[0]?.data.subscription ?? subscription;
    return {
      ...(await this.known(created)),
      secret: webhookSecret(this.signingKey, created),
      position: String(done.position),
    };
  }

  @ApiOperation({ summary: 'Subscriptions' })
  @Get()
  async list(): Promise<{ readonly items: readonly Subscription[] }> {
    const { state } = await this.aggregates.load(subscriptionsAggregate, 'all');
    return { items: [...state.values()] };
  }

  @ApiOperation({ summary: 'What could not be delivered to anybody' })
  @Get('dead-letters')
  async allDeadLetters() {
    return { items: await this.#records.deadLetters() };
  }

  @ApiOperation({ summary: 'A subscription and how far it was served' })
  @Get(':subscription')
  async one(@Param('subscription') id: string) {
    return { ...(await this.known(id)), servedUpTo: (await this.#records.cursor(id))?.toString() ?? null };
  }

  @ApiOperation({ summary: 'What could not be delivered to a subscription' })
  @Get(':subscription/dead-letters')
  async deadLetters(@Param('subscription') id: string) {
    await this.known(id);
    return { items: await this.#records.deadLetters(id) };
  }

  /** CH-03: what came after a position, for whoever asks by himself. */
  @ApiOperation({ summary: 'What came after a position' })
  @Get(':subscription/events')
  async poll(
    @Param('subscription') id: string,
    @Query() { after, limit = 100 }: PollQuery,
  ): Promise<{ readonly items: readonly NotifiedEvent[]; readonly next: string | null }> {
    const { filter } = await this.known(id);
    const items: NotifiedEvent[] = [];
    let next = after ?? null;
    const from = after === undefined ? {} : { after: await reached(this.events, BigInt(after)) };
    for await (const event of this.events.readAll({ ...from, limit: looksAt })) {
      if (matches(filter, event)) items.push(notifiedEvent(event));
      next = event.position.toString();
      if (items.length >= limit) break;
    }
    return { items, next };
  }

  @ApiOperation({ summary: 'Remove a subscription' })
  @Delete(':subscription')
  @Requires('editor')
  async remove(@Param('subscription') subscription: string, @Command() context: CommandContext) {
    const command = { type: 'RemoveSubscription', subscription } as const;
    const done = await this.aggregates.execute(subscriptionsAggregate, 'all', command, context);
    return { subscription, removed: true, position: String(done.position) };
  }

  private async known(id: string): Promise<Subscription> {
    const { state } = await this.aggregates.load(subscriptionsAggregate, 'all');
    const subscription = state.get(id);
    if (subscription) return subscription;
    throw new Refused(
      refuse('subscription/unknown', `there is no subscription "${id}"`, {
        fix: 'look at the list of subscriptions',
      }),
    );
  }
}

import { type ServerResponse } from 'node:http';
import { Body, Controller, Get, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Principal } from '#libs/access/contract';
import { Caller, Requires } from '#libs/http';
import { refuse, Refused } from '#libs/kernel';
import { type RegionalCall, RegionalLeases } from '../leasing/index.js';
import { JoinDto, LeaseDto, outcomeOf, PlannedDto, RegionalDto, ReportDto } from './leasing-requests.js';

/** What a CIOS Regional asks of Central; outbound calls are all that it needs. Every call may be repeated. */
@ApiTags('regionals')
@ApiBearerAuth()
@Controller('v1/regionals')
export class RegionalsController {
  constructor(private readonly leases: RegionalLeases) {}

  @ApiOperation({ summary: 'Regionals that lease over HTTP' })
  @Get()
  async list() {
    return { items: await this.leases.regionals() };
  }

  @ApiOperation({ summary: 'Tell which places a Regional serves; ends what an earlier run of it holds' })
  @Post(':regional/join')
  @HttpCode(200)
  @Requires('regional')
  join(@Param('regional') name: string, @Body() { session, places }: JoinDto, @Caller() caller: Principal) {
    return this.leases.join(call(name, session, caller), places);
  }

  @ApiOperation({ summary: 'Renew a Regional’s leases' })
  @Post(':regional/renew')
  @HttpCode(200)
  @Requires('regional')
  renew(@Param('regional') name: string, @Body() { session, places }: JoinDto, @Caller() caller: Principal) {
    return this.leases.renew(call(name, session, caller), places);
  }

  @ApiOperation({ summary: 'Give a Regional’s leases back' })
  @Post(':regional/leave')
  @HttpCode(200)
  @Requires('regional')
  async leave(
    @Param('regional') name: string,
    @Body() { session }: RegionalDto,
    @Caller() caller: Principal,
  ) {
    await this.leases.leave(call(name, session, caller));
    return {};
  }

  @ApiOperation({ summary: 'Lease plans and operations; waits for some' })
  @Post(':regional/lease')
  @HttpCode(200)
  @Requires('regional')
  async lease(
    @Param('regional') name: string,
    @Body() { session, ...request }: LeaseDto,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: { readonly raw: ServerResponse },
  ) {
    const gone = new AbortController();
    reply.raw.once('close', () => {
      gone.abort();
    });
    return this.leases.lease(call(name, session, caller), request, gone.signal);
  }

  @ApiOperation({ summary: 'Report the plan of a release' })
  @Post(':regional/plans')
  @HttpCode(200)
  @Requires('regional')
  async plan(
    @Param('regional') name: string,
    @Body() { session, release, epoch, operations }: PlannedDto,
    @Caller() caller: Principal,
    @Headers('x-correlation-id') correlation?: string,
  ) {
    await this.leases.plan(call(name, session, caller), { release, epoch }, operations, correlation);
    return {};
  }

  @ApiOperation({ summary: 'Report what became of an operation: its intent, then its result' })
  @Post(':regional/operations')
  @HttpCode(200)
  @Requires('regional')
  async report(
    @Param('regional') name: string,
    @Body() report: ReportDto,
    @Caller() caller: Principal,
    @Headers('x-correlation-id') correlation?: string,
  ) {
    const { session, release, epoch, node, key, attempt } = report;
    const operation = { release, epoch, node, key, attempt };
    await this.leases.report(call(name, session, caller), operation, outcomeOf(report), correlation);
    return {};
  }
}

function call(name: string, session: string, { actor }: Principal): RegionalCall {
  if (/^[A-Za-z0-9._-]{1,100}$/.test(name)) return { name, session, actor };
  throw new Refused(
    refuse('regional/invalid-name', `${JSON.stringify(name)} is no name of a Regional`, {
      fix: 'use at most 100 letters, digits, dots, underscores and hyphens',
    }),
  );
}

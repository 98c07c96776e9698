import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { Requires } from '#libs/http';
import { refuse, Refused } from '#libs/kernel';
import { ReadStore, requestRetry } from '#libs/read-store';
import { requestCommandRetry } from '#libs/read-store/saga-runner';

export class RetryParkedDto {
  @ApiProperty({ description: 'As listed by `GET /v1/parked`.' })
  @IsString()
  @MaxLength(4_000)
  id!: string;
}

@ApiTags('parked')
@ApiBearerAuth()
@Controller('v1')
export class ParkedController {
  constructor(private readonly store: ReadStore) {}

  /** Answers before it is tried: what fails again stays parked, with its error. Refuses `parked/unknown`. */
  @ApiOperation({ summary: 'Try a parked event, with those behind it, or a parked command again' })
  @Post('parked/retry')
  @HttpCode(202)
  @Requires('operator')
  async retry(@Body() { id }: RetryParkedDto): Promise<{ readonly id: string; readonly retryAsked: true }> {
    if (!(await requestRetry(this.store, id)) && !(await requestCommandRetry(this.store, id)))
      throw new Refused(
        refuse('parked/unknown', `nothing is parked under ${id}`, {
          fix: 'list what is: cios parked list',
        }),
      );
    return { id, retryAsked: true };
  }
}

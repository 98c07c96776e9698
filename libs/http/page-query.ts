import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsNumberString, IsOptional, IsString, Max, Min } from 'class-validator';

/** Query parameters of every read: the position that it must reflect. */
export class ReadQuery {
  @ApiPropertyOptional({
    description: 'Position of a command’s answer: wait until the answer reflects it (2 s, then 503).',
  })
  @IsOptional()
  @IsNumberString({ no_symbols: true })
  after?: string;
}

/** Query parameters of every list: keyset pages by an opaque cursor. */
export class PageQuery extends ReadQuery {
  @ApiPropertyOptional({ description: '`next` of the page before.' })
  @IsOptional()
  @IsString()
  cursor?: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 1000,
    default: 100,
    description: 'Rows per page.',
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1000)
  limit?: number;
}

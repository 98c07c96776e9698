import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsInt, IsNumberString, IsOptional, IsString, Max, Min } from 'class-validator';
import { ReadQuery } from '#libs/http';

export class SettledQuery {
  @ApiProperty({ description: 'Revision of region data, as the answer of an edit gives it.' })
  @IsNumberString({ no_symbols: true })
  revision!: string;

  @ApiPropertyOptional({ description: 'Milliseconds to wait, at most 120,000; then 503.', default: 30_000 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(120_000)
  timeout?: number;
}

export class CompiledQuery extends ReadQuery {
  @ApiPropertyOptional({ description: 'Either name of a region: also the resources there.' })
  @IsOptional()
  @IsString()
  region?: string;

  @ApiPropertyOptional({ description: 'A version; by default the one in use.' })
  @IsOptional()
  @IsString()
  version?: string;
}

export class CompileDto {
  @ApiProperty({ description: 'Identifier of the flock: its files are taken from the store.' })
  @IsString()
  flock!: string;

  @ApiPropertyOptional({ description: 'A version; by default the one in use.' })
  @IsOptional()
  @IsString()
  version?: string;

  @ApiPropertyOptional({ description: 'Either name of a region: also the resources there.' })
  @IsOptional()
  @IsString()
  region?: string;

  @ApiPropertyOptional({ description: 'The region as Building and available.' })
  @IsOptional()
  @IsBoolean()
  forecast?: boolean;

  @ApiPropertyOptional({
    description:
      'True: answer only where the result can be fetched later (its digest). Otherwise with the result itself.',
  })
  @IsOptional()
  @IsBoolean()
  later?: boolean;
}

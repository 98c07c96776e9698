import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { type Json } from '#libs/kernel';
import { type OperationAction, type OperationOutcome, type ReleasePlan } from '../contract/index.js';

const actions = ['create', 'update', 'replace', 'delete', 'none', 'publish'] as const;
const outcomes = ['start', 'succeed', 'fail', 'uncertain', 'publish'] as const;

export class RegionalDto {
  @ApiProperty({ description: 'Names this run of the Regional; a later run under the same name ends it.' })
  @Matches(/^[A-Za-z0-9-]{8,64}$/)
  session!: string;
}

export class JoinDto extends RegionalDto {
  @ApiProperty({
    description: '`<internal name of a region>/<vibe or target>`, or `*` for all of them.',
    example: ['one/target'],
  })
  @IsArray()
  @ArrayMaxSize(10_000)
  @Matches(/^(\*|[A-Za-z0-9_-]{1,200}\/(vibe|target))$/, { each: true })
  places!: string[];
}

export class LeaseDto extends RegionalDto {
  @ApiProperty({ description: 'Operations and plans at most.' })
  @IsInt()
  @Min(1)
  @Max(1000)
  limit!: number;

  @ApiProperty({ description: 'How long to wait for work, ms.' })
  @IsInt()
  @Min(0)
  @Max(60_000)
  waitMs!: number;

  @ApiProperty({ description: 'Ids of what was leased and is not over.' })
  @IsArray()
  @ArrayMaxSize(10_000)
  @IsString({ each: true })
  underWay!: string[];
}

export class PlannedOperationDto {
  @IsString()
  @MaxLength(1000)
  node!: string;

  @IsString()
  @MaxLength(1000)
  address!: string;

  @IsIn(actions)
  action!: OperationAction;

  @ApiProperty({ type: 'array', items: { type: 'object', additionalProperties: true } })
  @IsArray()
  changes!: ReleasePlan['operations'][number]['changes'];
}

export class PlannedDto extends RegionalDto {
  @IsString()
  @MaxLength(300)
  release!: string;

  @IsInt()
  @Min(1)
  epoch!: number;

  @ApiProperty({ type: [PlannedOperationDto] })
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => PlannedOperationDto)
  operations!: PlannedOperationDto[];
}

export class ReportDto extends RegionalDto {
  @IsString()
  @MaxLength(300)
  release!: string;

  @ApiProperty({ description: 'Of the lease; the report is refused where another has begun since.' })
  @IsInt()
  @Min(1)
  epoch!: number;

  @IsString()
  @MaxLength(1000)
  node!: string;

  @IsString()
  @MaxLength(2000)
  key!: string;

  @IsInt()
  @Min(1)
  attempt!: number;

  @ApiProperty({ enum: outcomes })
  @IsIn(outcomes)
  outcome!: (typeof outcomes)[number];

  @IsOptional()
  @IsIn(actions)
  action?: OperationAction;

  @ApiPropertyOptional({ type: 'object', additionalProperties: true })
  @IsOptional()
  @IsObject()
  outputs?: Record<string, Json>;

  @IsOptional()
  @IsString()
  @MaxLength(20_000)
  error?: string;

  @ApiPropertyOptional({ type: String, nullable: true })
  @IsOptional()
  @IsString()
  @MaxLength(20_000)
  probeFailure?: string | null;
}

/** What a report says of its attempt. */
export function outcomeOf({
  outcome,
  action = 'none',
  outputs = {},
  error = 'failed',
  probeFailure = null,
}: ReportDto): OperationOutcome {
  switch (outcome) {
    case 'start':
      return { outcome, action };
    case 'succeed':
      return { outcome, action, outputs };
    case 'fail':
      return { outcome, error };
    case 'uncertain':
      return { outcome };
    case 'publish':
      return { outcome, probeFailure };
  }
}

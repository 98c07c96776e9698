import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { ChangeDto } from '#libs/http';
import { type Json } from '#libs/kernel';
import { type AttributeType, type Attributes } from '../contract/index.js';

const identifier = /^[A-Za-z0-9_-]{1,128}$/;
const identifierMessage = { message: 'must be 1 to 128 letters, digits, "-" and "_"' };
const freeObject = { type: 'object', additionalProperties: true } as const;

export class AddRealmDto extends ChangeDto {
  @ApiProperty()
  @Matches(identifier, identifierMessage)
  name!: string;

  @ApiPropertyOptional(freeObject)
  @IsOptional()
  @IsObject()
  attributes?: Attributes;
}

export class EditDto extends ChangeDto {
  @ApiPropertyOptional({ ...freeObject, description: 'Attributes to write; null is a value.' })
  @IsOptional()
  @IsObject()
  set?: Attributes;

  @ApiPropertyOptional({ type: [String], description: 'Attributes to take away.' })
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  unset?: string[];
}

export class NewVibeDto {
  @ApiPropertyOptional({ description: 'Default: `<internal name>-vibe`.' })
  @IsOptional()
  @Matches(identifier, identifierMessage)
  id?: string;

  @ApiProperty({ description: 'Region in whose overlay the ViBE stands.' })
  @IsString()
  host_region!: string;

  @ApiPropertyOptional(freeObject)
  @IsOptional()
  @IsObject()
  attributes?: Attributes;
}

export class AddRegionDto extends ChangeDto {
  @ApiProperty({ description: 'Immutable identifier.' })
  @Matches(identifier, identifierMessage)
  internal_name!: string;

  @ApiPropertyOptional({ description: 'Default: the internal name.' })
  @IsOptional()
  @Matches(identifier, identifierMessage)
  public_name?: string;

  @ApiProperty()
  @IsString()
  realm!: string;

  @ApiPropertyOptional({ ...freeObject, description: '`code`, `dns_suffix`, and whatever else.' })
  @IsOptional()
  @IsObject()
  attributes?: Attributes;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(16_384)
  notes?: string;

  @ApiPropertyOptional({ type: NewVibeDto, description: 'Adds the ViBE that brings the region up with it.' })
  @IsOptional()
  @ValidateNested()
  @Type(() => NewVibeDto)
  vibe?: NewVibeDto;
}

export class EditRegionDto extends EditDto {
  @ApiPropertyOptional({ description: 'Free text beside the data; never injected.' })
  @IsOptional()
  @IsString()
  @MaxLength(16_384)
  notes?: string;
}

export class ChangeStateDto extends ChangeDto {
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(4_096)
  reason?: string;
}

export class PauseDto extends ChangeStateDto {
  @ApiPropertyOptional({ description: 'Name of the alarm that pauses the region, instead of a user.' })
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(200)
  alarm?: string;
}

export class HoldDto extends ChangeDto {
  @ApiProperty()
  @IsString()
  @MinLength(1)
  @MaxLength(4_096)
  reason!: string;
}

export class RegionPolicyDto extends ChangeDto {
  @ApiProperty({ description: 'A compiled change opens a build by itself.' })
  @IsBoolean()
  autoBuild!: boolean;
}

export class FieldPolicyDto extends ChangeDto {
  @ApiProperty({ type: [String] })
  @IsArray()
  @IsString({ each: true })
  immutable!: string[];

  @ApiProperty({ type: [String], description: '`ticket` here asks for one with every change.' })
  @IsArray()
  @IsString({ each: true })
  required!: string[];

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string', enum: ['string', 'number', 'bool', 'list', 'object'] },
  })
  @IsOptional()
  @IsObject()
  types?: Record<string, AttributeType>;
}

export class ChecklistItemDto {
  @ApiProperty()
  @Matches(identifier, identifierMessage)
  id!: string;

  @ApiProperty()
  @IsString()
  @MinLength(1)
  @MaxLength(2_000)
  text!: string;
}

export class ChecklistDto extends ChangeDto {
  @ApiProperty({ type: [ChecklistItemDto] })
  @IsArray()
  @ArrayMaxSize(200)
  @ValidateNested({ each: true })
  @Type(() => ChecklistItemDto)
  items!: ChecklistItemDto[];
}

export class TickDto extends ChangeDto {
  @ApiProperty()
  @IsBoolean()
  passed!: boolean;
}

export class AddVibeDto extends ChangeDto {
  @ApiProperty()
  @Matches(identifier, identifierMessage)
  id!: string;

  @ApiProperty()
  @IsString()
  host_region!: string;

  @ApiProperty()
  @IsString()
  target_region!: string;

  @ApiPropertyOptional(freeObject)
  @IsOptional()
  @IsObject()
  attributes?: Attributes;
}

export class AddAvailabilityDomainDto extends ChangeDto {
  @ApiProperty()
  @Matches(identifier, identifierMessage)
  name!: string;

  @ApiProperty({ description: 'Either name of the region.' })
  @IsString()
  region!: string;

  @ApiPropertyOptional(freeObject)
  @IsOptional()
  @IsObject()
  attributes?: Attributes;
}

export class AddExecutionTargetDto extends AddAvailabilityDomainDto {
  @ApiPropertyOptional({ type: String, nullable: true })
  @IsOptional()
  @IsString()
  availability_domain?: string | null;
}

export class DefineSubsetDto extends ChangeDto {
  @ApiProperty({ type: [Object], description: 'A list of anything.' })
  @IsArray()
  entries!: Json[];
}

export class ImportDto extends ChangeDto {
  @ApiProperty({ description: 'The document, JSON or YAML, as its author wrote it.' })
  @IsString()
  text!: string;

  @ApiPropertyOptional({ description: 'For messages; default `region-data`.' })
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  filename?: string;
}

export class ExportQuery {
  @ApiPropertyOptional({ enum: ['json', 'yaml'], default: 'json' })
  @IsOptional()
  @IsIn(['json', 'yaml'])
  format?: 'json' | 'yaml';

  @ApiPropertyOptional({ description: 'As of this revision of region data.' })
  @IsOptional()
  @Matches(/^\d{1,19}$/, { message: 'must be a decimal revision' })
  revision?: string;

  @ApiPropertyOptional({ description: 'As of this position in the log.' })
  @IsOptional()
  @Matches(/^\d{1,19}$/, { message: 'must be a decimal position' })
  position?: string;

  @ApiPropertyOptional({ description: 'As of this time, ISO 8601.' })
  @IsOptional()
  @Matches(/^\d{4}-\d\d-\d\d(T.+)?$/, { message: 'must be an ISO 8601 time' })
  at?: string;
}

export class RenderDto {
  @ApiProperty({ description: 'Any text with `${local.…}`.' })
  @IsString()
  @MaxLength(1_048_576)
  template!: string;

  @ApiPropertyOptional({ description: 'Adds `local.region` and `local.realm` of this region.' })
  @IsOptional()
  @IsString()
  region?: string;

  @ApiPropertyOptional({ description: 'Revision of region data; default the latest.' })
  @IsOptional()
  @Matches(/^\d{1,19}$/, { message: 'must be a decimal revision' })
  revision?: string;
}

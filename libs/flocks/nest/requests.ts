import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsBase64,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Min,
  ValidateNested,
} from 'class-validator';
import { ChangeDto, ReadQuery } from '#libs/http';

export class FlockFileDto {
  @ApiProperty({ description: 'Path below the folder of the flock.' })
  @IsString()
  @Length(1, 512)
  path!: string;

  @ApiProperty({ format: 'byte', description: 'Content, base64.' })
  @IsBase64()
  content!: string;
}

export class PublishFlockDto extends ChangeDto {
  @ApiPropertyOptional({ description: 'Without one it is derived from the content.' })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  version?: string;

  @ApiProperty({ type: [FlockFileDto] })
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => FlockFileDto)
  files!: FlockFileDto[];

  @ApiPropertyOptional({ description: 'Accept the spelling of FIG. 5 as printed, with warnings.' })
  @IsOptional()
  @IsBoolean()
  lenient?: boolean;
}

export class VersionSetDto extends ChangeDto {
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, description: 'Flock → version.' })
  @IsObject()
  flocks!: Record<string, string>;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: '`<flock>/<artifact>` → version.',
  })
  @IsOptional()
  @IsObject()
  artifacts?: Record<string, string>;
}

export class VersionSetRefDto extends ChangeDto {
  @ApiProperty()
  @IsString()
  @Length(1, 128)
  set!: string;

  @ApiProperty({ minimum: 1 })
  @IsInt()
  @Min(1)
  revision!: number;
}

export class FlockPlaceDto extends ChangeDto {
  @ApiProperty({ description: 'Either name of a region.' })
  @IsString()
  @Length(1, 128)
  region!: string;

  @ApiPropertyOptional({ enum: ['vibe', 'target'], default: 'target' })
  @IsOptional()
  @IsIn(['vibe', 'target'])
  environment?: 'vibe' | 'target';

  @ApiProperty()
  @IsString()
  @Length(1, 128)
  flock!: string;
}

export class PinDto extends FlockPlaceDto {
  @ApiProperty()
  @IsString()
  @Length(1, 100)
  version!: string;
}

export class DiffQuery extends ReadQuery {
  @ApiProperty({ description: 'Older version.' })
  @IsString()
  from!: string;

  @ApiProperty({ description: 'Newer version.' })
  @IsString()
  to!: string;
}

export class ArtifactQuery {
  @ApiPropertyOptional({ description: 'Without one it is derived from the content.' })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  version?: string;
}

import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBooleanString, IsInt, IsOptional, IsString, Length, MaxLength, Min } from 'class-validator';
import { ChangeDto, ReadQuery } from '#libs/http';

export class OpenBuildDto extends ChangeDto {
  @ApiPropertyOptional({ description: 'Why; stands in the record.' })
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  reason?: string;
}

export class CancelBuildDto extends ChangeDto {
  @ApiProperty()
  @IsString()
  @Length(1, 2000)
  reason!: string;
}

export class AdoptVersionsDto extends ChangeDto {
  @ApiProperty({ description: 'Version set that the build goes on with.' })
  @IsString()
  @Length(1, 128)
  set!: string;

  @ApiProperty({ minimum: 1 })
  @IsInt()
  @Min(1)
  revision!: number;
}

export class NodesQuery extends ReadQuery {
  @ApiPropertyOptional({ description: 'Only nodes of this status.' })
  @IsOptional()
  @IsString()
  status?: string;
}

export class GraphQuery {
  @ApiPropertyOptional({ description: 'Without the forecast.' })
  @IsOptional()
  @IsBooleanString()
  actual?: string;
}

export class WaitingQuery {
  @ApiPropertyOptional({ description: 'Only who waits for this capability.' })
  @IsOptional()
  @IsString()
  name?: string;
}

import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length, MaxLength } from 'class-validator';
import { ChangeDto, PageQuery } from '#libs/http';

export class DecideDto extends ChangeDto {
  @ApiProperty({ description: 'Digest of the plan that is decided on; another one is refused.' })
  @IsString()
  @Length(64, 64)
  plan!: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  reason?: string;
}

export class RetryDto extends ChangeDto {
  @ApiProperty({ description: 'Id of a failed or uncertain node.' })
  @IsString()
  @MaxLength(1000)
  node!: string;
}

export class ReleasesQuery extends PageQuery {
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  build?: string;

  @ApiPropertyOptional({ description: 'Either name of a region; `build` comes first where both are given.' })
  @IsOptional()
  @IsString()
  region?: string;

  @ApiPropertyOptional({ enum: ['sent', 'planned', 'approved', 'rejected', 'completed'] })
  @IsOptional()
  @IsIn(['sent', 'planned', 'approved', 'rejected', 'completed'])
  status?: string;
}

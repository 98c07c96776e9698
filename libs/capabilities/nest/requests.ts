import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsObject, IsOptional, IsString, Length } from 'class-validator';
import { ChangeDto } from '#libs/http';

const environments = ['vibe', 'target'] as const;

export class CapabilityDto extends ChangeDto {
  @ApiProperty()
  @IsString()
  @Length(1, 200)
  name!: string;

  @ApiPropertyOptional({ enum: environments, default: 'target' })
  @IsOptional()
  @IsIn(environments)
  environment?: 'vibe' | 'target';
}

export class PublishCapabilityDto extends CapabilityDto {
  @ApiPropertyOptional({ type: 'object', additionalProperties: true })
  @IsOptional()
  @IsObject()
  outputs?: Record<string, unknown>;
}

export class WithdrawCapabilityDto extends CapabilityDto {
  @ApiProperty()
  @IsString()
  @Length(1, 2000)
  reason!: string;
}

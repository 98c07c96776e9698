import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';

/** What every request that changes something may bear. */
export class ChangeDto {
  @ApiPropertyOptional({
    description: 'Change ticket that covers the change; the header X-Change-Ticket comes first.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  ticket?: string;
}

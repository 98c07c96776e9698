import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { parkedEvents, ReadStore } from '#libs/read-store';
import { parkedCommands } from '#libs/read-store/saga-runner';
import { parkedItem, type ParkedItem } from './parked-item.js';

@ApiTags('parked')
@ApiBearerAuth()
@Controller('v1')
export class ParkedQueriesController {
  constructor(private readonly store: ReadStore) {}

  /** Those of each projection in the order of the log. */
  @ApiOperation({ summary: 'Events that a read model lacks, and commands of sagas that keep failing' })
  @Get('parked')
  async list(): Promise<{ readonly items: readonly ParkedItem[] }> {
    const [events, commands] = await Promise.all([parkedEvents(this.store), parkedCommands(this.store)]);
    return { items: [...events, ...commands].map(parkedItem) };
  }
}

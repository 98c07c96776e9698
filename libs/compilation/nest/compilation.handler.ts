import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { BlobStore } from '#libs/blob-store';
import { Aggregates, type Aggregate } from '#libs/event-store';
import { Refused, type CommandAnswer, type CommandContext } from '#libs/kernel';
import { CompilationRequest, compilationStream, type CompilationEvent } from '../contract/index.js';
import { FleetCompilation, type Unrecorded } from '../compiler/index.js';
import {
  compilationDecider,
  type CompilationState,
  type RecordCompilation,
} from '../domain/compilation-decider.js';

export const compilationAggregate: Aggregate<RecordCompilation, CompilationState, CompilationEvent> = {
  name: compilationStream,
  decider: compilationDecider,
  streamOf: () => compilationStream,
};

/**
 * Compiles and records. What was compiled and could not be recorded stays, and is recorded with the next; if another process
 * has recorded in between, the compiler starts again from what the log says.
 */
@CommandHandler(CompilationRequest)
export class CompilationHandler implements ICommandHandler<CompilationRequest, CommandAnswer> {
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly aggregates: Aggregates,
    private readonly blobs: BlobStore,
    private readonly compilation: FleetCompilation,
  ) {}

  execute({ command, context }: CompilationRequest): Promise<CommandAnswer> {
    const mine = this.turn.then(async () => {
      const compiled =
        command.type === 'CompileRegionData'
          ? await this.compilation.compileRegionData(BigInt(command.revision))
          : await this.compilation.compileVersions();
      try {
        return await this.record(compiled, context);
      } catch (error) {
        if (error instanceof Refused) this.compilation.forget();
        throw error;
      }
    });
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  /** A selection and region data that moved on together are two events, the selection first, so that each is covered. */
  private async record(compiled: Unrecorded, context: CommandContext): Promise<CommandAnswer> {
    const detail = await this.blobs.putJson(compiled.detail);
    const { state } = await this.aggregates.load(compilationAggregate, compilationStream);
    const { flocks, recompiled, changed, regions, touched } = compiled;
    const both = { flocks, recompiled, changed, regions, detail };
    let answer: CommandAnswer | null = null;
    const selectionMoved = compiled.upTo > state.upTo;
    if (selectionMoved) {
      const data = { upTo: String(compiled.upTo), regionData: String(state.revision), ...both };
      answer = await this.aggregates.execute(
        compilationAggregate,
        compilationStream,
        { type: 'RecordVersions', compiled: data },
        { ...context, commandId: `${context.commandId}/versions/${compiled.upTo}` },
      );
    }
    if (compiled.revision > state.revision || answer === null) {
      const data = { after: String(compiled.after), revision: String(compiled.revision), ...both, touched };
      answer = await this.aggregates.execute(
        compilationAggregate,
        compilationStream,
        { type: 'RecordRegionData', compiled: data },
        { ...context, commandId: `${context.commandId}/region-data/${compiled.revision}` },
      );
    }
    this.compilation.recorded(compiled);
    return answer;
  }
}

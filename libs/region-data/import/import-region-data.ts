import { type Aggregate, type Aggregates, type Executed } from '#libs/event-store';
import { digestOf, isRefusal, refuse, Refused, type CommandContext, type Diagnostic } from '#libs/kernel';
import {
  regionDataStream,
  type RegionDataCommandOf,
  type RegionDataEvent,
  type RegionDataImportEvent,
} from '../contract/index.js';
import { parseRegionData } from '../document/index.js';
import { regionDataDecider, stagingDecider, type StageChunks, type StagingState } from '../domain/index.js';
import { regionDataAggregate } from '../history/index.js';

export interface ImportRequest {
  readonly text: string;
  /** For messages. */
  readonly filename: string;
  readonly mayAdopt: boolean;
  readonly ifMatch?: string;
}

export interface Imported {
  readonly executed: Executed<RegionDataEvent>;
  /** Entity events that the import amounted to. */
  readonly events: number;
  readonly staged: boolean;
  readonly warnings: readonly Diagnostic[];
}

/** Bytes of data that go into one append or one event, with room for metadata under the limits of 1 MiB and 64 KiB. */
const appendBudget = 640 * 1024;
const chunkBudget = 48 * 1024;
/** What an event costs beside its data. */
const overhead = 900;
const attempts = 5;

/**
 * Imports a region-data document: all of it or nothing. A difference of up to 640 KiB is one append; a larger one is staged in
 * `region-data-import-<command id>` and committed by one event, decided against the head. A repetition under the same command id
 * goes on where an attempt was cut off. Throws `Refused`: `region-data/invalid-document` with every error and its place, and
 * whatever the decider refuses.
 */
export async function importRegionData(
  aggregates: Aggregates,
  request: ImportRequest,
  context: CommandContext,
): Promise<Imported> {
  const command = commandOf(request);
  for (let attempt = 1; ; attempt += 1) {
    const { state, revision } = await aggregates.load(regionDataAggregate, regionDataStream);
    const events = regionDataDecider.decide(command.command, state, context);
    const warnings = command.warnings;
    if (isRefusal(events) || bytesOf(events) <= appendBudget) {
      // Also where it would be refused: a command id that is known is answered with its first result all the same.
      const executed = await aggregates.execute(
        regionDataAggregate,
        regionDataStream,
        command.command,
        context,
      );
      const count = executed.events.reduce((n, e) => n + ('count' in e.data ? e.data.count : 1), 0);
      return {
        executed,
        events: count,
        staged: executed.events.some((e) => e.type === 'RegionDataImported'),
        warnings,
      };
    }
    const digest = digestOf(events);
    const stream = await stage(aggregates, events, digest, context);
    try {
      const executed = await aggregates.execute(
        regionDataAggregate,
        regionDataStream,
        { type: 'CommitStagedImport', stream, count: events.length, digest, base: String(revision) },
        context,
      );
      return { executed, events: events.length, staged: true, warnings };
    } catch (error) {
      const moved = error instanceof Refused && error.refusal.code === 'region-data/moved';
      if (!moved || attempt >= attempts) throw error;
    }
  }
}

function commandOf({ text, filename, mayAdopt, ifMatch }: ImportRequest): {
  readonly command: RegionDataCommandOf<'ImportRegionData'>;
  readonly warnings: readonly Diagnostic[];
} {
  const { document, defaulted, diagnostics } = parseRegionData(text, filename);
  if (document) {
    const command = {
      type: 'ImportRegionData',
      document,
      defaulted,
      mayAdopt,
      ...(ifMatch && { ifMatch }),
    } as const;
    return { command, warnings: diagnostics };
  }
  const [first] = diagnostics;
  const at = first?.subject
    ? ` (line ${first.subject.start.line}, column ${first.subject.start.column})`
    : '';
  throw new Refused(
    refuse('region-data/invalid-document', `${filename}${at}: ${first?.summary ?? 'it cannot be read'}`, {
      fix:
        diagnostics.length > 1
          ? `mend the ${diagnostics.length} errors in \`details\``
          : (first?.detail ?? 'mend it'),
      details: { diagnostics },
    }),
  );
}

function bytesOf(events: readonly RegionDataEvent[]): number {
  return events.reduce((sum, event) => sum + JSON.stringify(event.data).length + overhead, 0);
}

async function stage(
  aggregates: Aggregates,
  events: readonly RegionDataEvent[],
  digest: string,
  context: CommandContext,
): Promise<string> {
  const chunks = inGroups(events, (event) => JSON.stringify(event).length, chunkBudget);
  const appends = inGroups(chunks, (chunk) => JSON.stringify(chunk).length + overhead, appendBudget);
  let first = 0;
  for (const group of appends) {
    await aggregates.execute(
      stagingAggregate,
      context.commandId,
      { type: 'StageChunks', digest, first, chunks: group },
      { ...context, commandId: `${context.commandId}/${digest.slice(0, 16)}/${first}` },
    );
    first += group.length;
  }
  return stagingAggregate.streamOf(context.commandId);
}

const stagingAggregate: Aggregate<StageChunks, StagingState, RegionDataImportEvent> = {
  name: 'region-data-import',
  decider: stagingDecider,
  streamOf: (commandId) => `region-data-import-${commandId}`,
};

/** Consecutive groups, each within the budget unless it has one item. */
function inGroups<T>(
  items: readonly T[],
  sizeOf: (item: T) => number,
  budget: number,
): readonly (readonly T[])[] {
  const groups: T[][] = [];
  let size = Infinity;
  for (const item of items) {
    const own = sizeOf(item);
    if (size + own > budget) {
      groups.push([]);
      size = 0;
    }
    groups[groups.length - 1]!.push(item);
    size += own;
  }
  return groups;
}

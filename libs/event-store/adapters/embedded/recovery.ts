import { existsSync } from 'node:fs';
import { deferred, type Append } from './append.js';
import { Journal, type JournalEntry } from './journal.js';
import { identityOf } from './lease.js';
import { decodeRecord } from './record.js';
import { type StreamHeads } from './stream-heads.js';
import { type EventTree } from './tree.js';

/** What the journal of the tree's last writer holds. Throws where it is gone, damaged or another's. */
export function journalEntries(folder: string, tree: EventTree, inTree: number): readonly JournalEntry[] {
  const mark = tree.journal;
  if (mark === null) {
    // A writer that closes removes its journal when the tree has everything; of that a power cut may have left files.
    if (inTree >= 0 || Journal.isEmpty(folder)) return [];
    throw new Error('it is new, and the journal beside it is not');
  }
  if (mark.folder === identityOf(folder)) {
    const gone = Journal.allPaths(folder).filter((path) => !existsSync(path));
    if (gone.length > 0)
      throw new Error(
        `its writer was killed, and of its journal ${gone.join(' and ')} is missing; to go on without what it held, put an empty file there`,
      );
  }
  return Journal.read(folder, mark.id);
}

/** What of a journal the tree does not have, as appends whose heads are in `heads`. Throws where it does not go on from the tree. */
export function adopt(
  entries: readonly JournalEntry[],
  { folder, tree, heads, inTree }: { folder: string; tree: EventTree; heads: StreamHeads; inTree: number },
): readonly Append[] {
  const appends: Append[] = [];
  let next = inTree + 1;
  for (const { streamNumber, streamName, revision, position, records } of entries) {
    if (position + records.length <= next) continue;
    const head = heads.get(streamName) ?? heads.createAs(streamNumber, streamName);
    if (position !== next || head.number !== streamNumber || head.revision + 1 !== revision)
      throw new Error(
        `its journal (${Journal.paths(folder).join(', ')}) does not go on from it: ` +
          `${streamName}@${revision} at position ${position} is not what follows position ${next - 1}`,
      );
    const events = records.map(({ slab, start, end }, i) =>
      decodeRecord(tree.encoder, position + i, slab.subarray(start, end), () => streamName),
    );
    head.revision += events.length;
    next += events.length;
    appends.push({ head, events, records, bytes: 0, deadline: 0, answer: deferred(), outcome: null });
  }
  return appends;
}

import { ChainVerifier, LogHeads, SealsCheck, type Seal } from '#libs/event-store/audit';
import { type RecordedEvent } from '#libs/kernel';
import { blobsNamedBy } from './blobs-named.js';

/** Something in the record that is not as it was written. */
export interface AuditFinding {
  readonly kind: 'record' | 'chain' | 'seal' | 'blob' | 'store';
  /** Decimal; null where it concerns no one place. */
  readonly position: string | null;
  readonly stream?: string;
  readonly message: string;
}

export interface Verification {
  readonly intact: boolean;
  readonly events: number;
  readonly streams: number;
  readonly blobs: number;
  readonly seals: number;
  /** Position of the last event, decimal; -1 in an empty log. */
  readonly position: string;
  /** One digest over the heads of all streams, as a seal has it: equal for equal logs; null in an empty one. */
  readonly root: string | null;
  readonly redactions: readonly {
    readonly event: string;
    readonly position: string;
    readonly ticket: string;
  }[];
  readonly findings: readonly AuditFinding[];
}

/** What lies at a position: an event, or what is wrong there. */
export interface Scanned {
  readonly position: bigint;
  readonly event?: RecordedEvent | undefined;
  readonly problem?: string | undefined;
}

export interface ToVerify {
  /** The log from its beginning; asked twice where there are seals in it. */
  readonly scan: () => Iterable<Scanned>;
  /** Rejects where the bytes do not match, null where there is no such blob; absent: blobs are not looked at. */
  readonly blob?: (digest: string) => Promise<Uint8Array | null>;
  /** An exported seal. */
  readonly seal?: Seal;
}

/**
 * Verifies the record: every record against its own digest (position and time included), the hash chain of every stream, every seal,
 * and every blob that an event names. Never throws on damage. O(events + bytes of blobs + seals · s log s) in s streams, memory
 * O(streams + blobs + seals).
 */
export async function verifyLog({ scan, blob, seal }: ToVerify): Promise<Verification> {
  const findings: AuditFinding[] = [];
  const chains = new ChainVerifier();
  const heads = new LogHeads();
  const streams = new Set<string>();
  const blobs = new Map<string, RecordedEvent>();
  const seals: { readonly seal: Seal; readonly by: RecordedEvent | null }[] = seal
    ? [{ seal, by: null }]
    : [];
  let [events, position] = [0, -1n];

  for (const { position: at, event, problem } of scan()) {
    if (problem !== undefined)
      findings.push({ kind: 'record', position: String(at), message: `position ${at}: ${problem}` });
    if (!event) continue;
    events += 1;
    position = at;
    heads.add(event);
    streams.add(event.stream);
    const broken = chains.check(event);
    if (broken)
      findings.push({ kind: 'chain', position: String(at), stream: event.stream, message: broken.message });
    if (event.type === 'LogSealed' && event.data !== null)
      seals.push({ seal: event.data as Seal, by: event });
    for (const digest of blobsNamedBy(event)) if (!blobs.has(digest)) blobs.set(digest, event);
  }
  for (const { position: at, stream, message } of chains.finish())
    findings.push({ kind: 'chain', position: String(at), stream, message });
  findings.push(...checkSeals(scan, seals));
  if (blob) findings.push(...(await checkBlobs(blob, blobs)));

  return {
    intact: findings.length === 0,
    events,
    streams: streams.size,
    blobs: blob ? blobs.size : 0,
    seals: seals.length,
    position: String(position),
    root: heads.seal()?.root ?? null,
    redactions: chains.redactions().map(({ event, ticket }) => ({
      event: event.id,
      position: String(event.position),
      ticket,
    })),
    findings,
  };
}

/** The seal of a log as it is; null where it is empty. O(events). */
export function sealOf(scan: Iterable<Scanned>): Seal | null {
  const heads = new LogHeads();
  for (const { event } of scan) if (event) heads.add(event);
  return heads.seal();
}

function checkSeals(
  scan: ToVerify['scan'],
  seals: readonly { readonly seal: Seal; readonly by: RecordedEvent | null }[],
): readonly AuditFinding[] {
  if (seals.length === 0) return [];
  const check = new SealsCheck(seals.map(({ seal }) => seal));
  for (const { event } of scan()) if (event) check.add(event);
  return check.finish().flatMap((wrong, i) => {
    if (wrong === null) return [];
    const { by } = seals[i]!;
    const which = by ? `the seal at position ${by.position}` : 'the exported seal';
    return [{ kind: 'seal', position: by ? String(by.position) : null, message: `${which}: ${wrong}` }];
  });
}

async function checkBlobs(
  blob: NonNullable<ToVerify['blob']>,
  named: ReadonlyMap<string, RecordedEvent>,
): Promise<readonly AuditFinding[]> {
  const findings: AuditFinding[] = [];
  for (const [digest, { position, stream, type }] of named) {
    let wrong: string | null = null;
    try {
      if ((await blob(digest)) === null) wrong = 'is not there';
    } catch {
      wrong = 'was altered: its bytes no longer match its name';
    }
    if (wrong !== null)
      findings.push({
        kind: 'blob',
        position: String(position),
        stream,
        message: `blob ${digest}, named by ${type} at position ${position}, ${wrong}`,
      });
  }
  return findings;
}

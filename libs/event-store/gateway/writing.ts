import { type ServerDuplexStream, type ServerReadableStream } from '@grpc/grpc-js';
import type * as Shared from '@eventstore/db-client/generated/shared_pb.js';
import type * as Streams from '@eventstore/db-client/generated/streams_pb.js';
import { WrongExpectedRevision } from '../port/event-store.js';
import { type Caller } from './access.js';
import { type GatewayLog } from './log.js';
import {
  appended,
  appendRefused,
  batchAnswer,
  batchStatus,
  batchSuccess,
  expectedOf,
  idOf,
  nameOf,
  proposed,
} from './messages.js';
import { Sender } from './sender.js';
import { type WireEvent } from './wire-event.js';

const DEADLINE_MS = 10_000;

/** No deadline is later, ms: a client that has none may say the end of time. */
const LONGEST_MS = 3_600_000;

/** Bytes that a call keeps of appends it has not received whole; what is more is refused, not collected. */
const RECEIVED_LIMIT = 17 * 1024 * 1024;
/** What an event is counted for beside its bytes. */
const FRAME = 100;

/** Appends of one call under way. The next ones are not received before. */
const RUNNING_LIMIT = 1024;

/** Answers one unary `Append`: options first, then one event a message. */
export async function answerAppend(
  call: ServerReadableStream<Streams.AppendReq, Streams.AppendResp>,
  log: GatewayLog,
  caller: Caller,
  nameIt: (name: string) => void,
): Promise<Streams.AppendResp> {
  let options: Streams.AppendReq.Options | undefined;
  const events: WireEvent[] = [];
  let bytes = 0;
  for await (const message of call as AsyncIterable<Streams.AppendReq>) {
    options ??= message.getOptions();
    const event = message.getProposedMessage();
    if (!event) continue;
    const wire = proposed(event);
    bytes += sizeOf(wire);
    if (bytes > RECEIVED_LIMIT) throw new TypeError(`an append of more than ${RECEIVED_LIMIT} bytes`);
    events.push(wire);
  }
  if (!options) throw new TypeError('an append begins with its options');
  const name = nameOf(options.getStreamIdentifier());
  nameIt(name);
  try {
    const written = await log.append(name, events, expectedOf(options), caller, leftOf(call.getDeadline()));
    return appended(written.revision, written.position);
  } catch (error) {
    if (error instanceof WrongExpectedRevision) return appendRefused(error);
    throw error;
  }
}

interface Batch {
  readonly correlationId: Shared.UUID | undefined;
  readonly options: Streams.BatchAppendReq.Options;
  readonly events: WireEvent[];
  bytes: number;
}

function sizeOf({ type, data, metadata }: WireEvent): number {
  return FRAME + type.length + data.length + metadata.length;
}

/** Answers a `BatchAppend` call: many appends at once, each in one or more messages, answered as they are done. */
export async function answerBatches(
  call: ServerDuplexStream<Streams.BatchAppendReq, Streams.BatchAppendResp>,
  log: GatewayLog,
  caller: Caller,
): Promise<void> {
  const open = new Map<string, Batch>();
  let bytes = 0;
  const close = (id: string, batch: Batch) => {
    open.delete(id);
    bytes -= batch.bytes;
  };
  const running = new Set<Promise<unknown>>();
  const sender = new Sender<Streams.BatchAppendResp>(call);
  // Destroyed with its last request, a call could not be answered any more.
  const requests = call.iterator({ destroyOnReturn: false }) as AsyncIterable<Streams.BatchAppendReq>;
  for await (const message of requests) {
    const id = idOf(message.getCorrelationId());
    let batch = open.get(id);
    if (!batch) {
      const options = message.getOptions();
      // The rest of what was refused already.
      if (!options) continue;
      batch = { correlationId: message.getCorrelationId(), options, events: [], bytes: 0 };
      open.set(id, batch);
    }
    const answer = batchAnswer(batch.correlationId, batch.options);
    try {
      const events = message.getProposedMessagesList().map(proposed);
      const size = events.reduce((sum, event) => sum + sizeOf(event), FRAME);
      batch.bytes += size;
      bytes += size;
      if (bytes > RECEIVED_LIMIT) throw new TypeError(`appends of more than ${RECEIVED_LIMIT} bytes at once`);
      for (const event of events) batch.events.push(event);
    } catch (error) {
      close(id, batch);
      await sender.send(answer.setError(batchStatus(error)));
      continue;
    }
    if (!message.getIsFinal()) continue;
    close(id, batch);
    const done = carryOut(batch, log, caller)
      .then(
        ({ revision, position }) => answer.setSuccess(batchSuccess(revision, position)),
        (error: unknown) => answer.setError(batchStatus(error)),
      )
      .then((answered) => sender.send(answered));
    running.add(done);
    void done.finally(() => running.delete(done));
    const [oldest] = running;
    if (running.size >= RUNNING_LIMIT) await oldest;
  }
  await Promise.all(running);
}

async function carryOut({ options, events }: Batch, log: GatewayLog, caller: Caller) {
  const name = nameOf(options.getStreamIdentifier());
  const left = leftOf(options.getDeadline()?.toDate() ?? Infinity);
  return log.append(name, events, expectedOf(options), caller, left);
}

function leftOf(deadline: Date | number): number {
  const at = typeof deadline === 'number' ? deadline : deadline.getTime();
  return Number.isFinite(at) ? Math.min(at - Date.now(), LONGEST_MS) : DEADLINE_MS;
}

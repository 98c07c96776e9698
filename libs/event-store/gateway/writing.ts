import { type ServerDuplexStream, type ServerReadableStream } from '@grpc/grpc-js';
import type * as Shared from '@eventstore/db-client/generated/shared_pb.js';
import type * as Streams from '@eventstore/db-client/generated/streams_pb.js';
import { DeadlineExceeded, WrongExpectedRevision } from '../port/event-store.js';
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
import { type WireEvent } from './wire-event.js';

const DEADLINE_MS = 10_000;

/** Bytes of one append that are kept while it is being received; what is more is refused, not collected. */
const RECEIVED_LIMIT = 17 * 1024 * 1024;

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
    bytes += wire.data.length + wire.metadata.length;
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

/** Answers a `BatchAppend` call: many appends at once, each in one or more messages, answered as they are done. */
export async function answerBatches(
  call: ServerDuplexStream<Streams.BatchAppendReq, Streams.BatchAppendResp>,
  log: GatewayLog,
  caller: Caller,
): Promise<void> {
  const open = new Map<string, Batch>();
  const running = new Set<Promise<void>>();
  for await (const message of call as AsyncIterable<Streams.BatchAppendReq>) {
    const id = idOf(message.getCorrelationId());
    let batch = open.get(id);
    if (!batch) {
      const options = message.getOptions();
      if (!options) throw new TypeError(`batch ${id} begins without options`);
      batch = { correlationId: message.getCorrelationId(), options, events: [], bytes: 0 };
      open.set(id, batch);
    }
    const answer = batchAnswer(batch.correlationId, batch.options);
    try {
      for (const event of message.getProposedMessagesList()) {
        const wire = proposed(event);
        batch.bytes += wire.data.length + wire.metadata.length;
        if (batch.bytes > RECEIVED_LIMIT)
          throw new TypeError(`an append of more than ${RECEIVED_LIMIT} bytes`);
        batch.events.push(wire);
      }
    } catch (error) {
      open.delete(id);
      call.write(answer.setError(batchStatus(error)));
      continue;
    }
    if (!message.getIsFinal()) continue;
    open.delete(id);
    const done = carryOut(batch, log, caller).then(
      ({ revision, position }) => {
        call.write(answer.setSuccess(batchSuccess(revision, position)));
      },
      (error: unknown) => {
        call.write(answer.setError(batchStatus(error)));
      },
    );
    running.add(done);
    void done.finally(() => running.delete(done));
  }
  await Promise.all(running);
}

async function carryOut({ options, events }: Batch, log: GatewayLog, caller: Caller) {
  const name = nameOf(options.getStreamIdentifier());
  const left = leftOf(options.getDeadline()?.toDate() ?? Infinity);
  if (left <= 0) throw new DeadlineExceeded(`the deadline of the append to ${name} has passed`);
  return log.append(name, events, expectedOf(options), caller, left);
}

function leftOf(deadline: Date | number): number {
  const at = typeof deadline === 'number' ? deadline : deadline.getTime();
  return Number.isFinite(at) ? at - Date.now() : DEADLINE_MS;
}

import { Buffer } from 'node:buffer';
import codePb from '@eventstore/db-client/generated/code_pb.js';
import anyPb from 'google-protobuf/google/protobuf/any_pb.js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import statusPb from '@eventstore/db-client/generated/status_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { Code } from '@eventstore/db-client/generated/code_pb.js';
import type * as Shared from '@eventstore/db-client/generated/shared_pb.js';
import type * as Streams from '@eventstore/db-client/generated/streams_pb.js';
import { type RecordedEvent } from '#libs/kernel';
import {
  AppendTooLarge,
  DeadlineExceeded,
  StoreUnavailable,
  WrongExpectedRevision,
  type Expected,
} from '../port/event-store.js';
import { AccessRefused, NotAuthenticated, StreamTombstoned } from './failures.js';
import { contentTypeOf, wireEvent, wireName, type WireEvent } from './wire-event.js';

/** .NET ticks (100 ns) in a millisecond; `created` counts them from 1970. */
const TICKS = 10_000n;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function idOf(uuid: Shared.UUID | undefined): string {
  if (!uuid?.hasStructured()) return (uuid?.getString() ?? '').toLowerCase();
  const { mostSignificantBits, leastSignificantBits } = uuid.getStructured()!.toObject();
  const hex = [mostSignificantBits, leastSignificantBits]
    .map((bits) => BigInt.asUintN(64, BigInt(bits)).toString(16).padStart(16, '0'))
    .join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function uuidOf(id: string, structured: boolean): Shared.UUID {
  const uuid = new sharedPb.UUID();
  if (!structured) return uuid.setString(id);
  const hex = id.replaceAll('-', '');
  const bits = new sharedPb.UUID.Structured();
  bits.setMostSignificantBits(BigInt.asIntN(64, BigInt(`0x${hex.slice(0, 16)}`)).toString());
  bits.setLeastSignificantBits(BigInt.asIntN(64, BigInt(`0x${hex.slice(16)}`)).toString());
  return uuid.setStructured(bits);
}

export function nameOf(identifier: Shared.StreamIdentifier | undefined): string {
  return Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');
}

export function identifierOf(name: string): Shared.StreamIdentifier {
  return new sharedPb.StreamIdentifier().setStreamName(Buffer.from(name, 'utf8'));
}

/** Throws a TypeError where it is no event. */
export function proposed(
  message: Streams.AppendReq.ProposedMessage | Streams.BatchAppendReq.ProposedMessage,
): WireEvent {
  const properties = message.getMetadataMap();
  const id = idOf(message.getId());
  const type = properties.get('type');
  if (!UUID.test(id)) throw new TypeError(`an event needs a UUID, not ${JSON.stringify(id)}`);
  if (type === undefined || type === '') throw new TypeError(`event ${id} has no type`);
  return {
    id,
    type,
    contentType: contentTypeOf(properties.get('content-type')),
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

/** Whoever has one of the protocol's two ways of saying which revision is expected. */
interface Expecting {
  hasNoStream(): boolean;
  hasStreamExists(): boolean;
  hasAny(): boolean;
}

export function expectedOf(
  options:
    | Streams.AppendReq.Options
    | Streams.DeleteReq.Options
    | Streams.TombstoneReq.Options
    | Streams.BatchAppendReq.Options,
): Expected {
  const said: Expecting = options;
  if (said.hasNoStream()) return 'absent';
  if (said.hasStreamExists()) return 'exists';
  if (said.hasAny()) return 'any';
  return BigInt('getRevision' in options ? options.getRevision() : options.getStreamPosition());
}

export function readEvent(event: RecordedEvent, structuredIds: boolean): Streams.ReadResp {
  const read = new streamsPb.ReadResp.ReadEvent().setEvent(recordedOf(event, structuredIds));
  return new streamsPb.ReadResp().setEvent(read.setCommitPosition(event.position.toString()));
}

/** A link with what it leads to; null: it leads nowhere. */
export function readLink(
  link: RecordedEvent,
  target: RecordedEvent | null,
  structuredIds: boolean,
): Streams.ReadResp {
  const read = new streamsPb.ReadResp.ReadEvent().setLink(recordedOf(link, structuredIds));
  if (target) read.setEvent(recordedOf(target, structuredIds));
  return new streamsPb.ReadResp().setEvent(read.setCommitPosition(link.position.toString()));
}

function recordedOf(event: RecordedEvent, structuredIds: boolean): Streams.ReadResp.ReadEvent.RecordedEvent {
  const { id, type, contentType, data, metadata } = wireEvent(event);
  const position = event.position.toString();
  const recorded = new streamsPb.ReadResp.ReadEvent.RecordedEvent();
  recorded.setId(uuidOf(id, structuredIds));
  recorded.setStreamIdentifier(identifierOf(wireName(event.stream)));
  recorded.setStreamRevision(event.revision.toString());
  recorded.setCommitPosition(position);
  recorded.setPreparePosition(position);
  recorded.setData(data);
  recorded.setCustomMetadata(metadata);
  const properties = recorded.getMetadataMap();
  properties.set('type', type);
  properties.set('content-type', contentType);
  properties.set('created', (BigInt(Date.parse(event.recordedAt)) * TICKS).toString());
  return recorded;
}

export function streamNotFound(name: string): Streams.ReadResp {
  const missing = new streamsPb.ReadResp.StreamNotFound().setStreamIdentifier(identifierOf(name));
  return new streamsPb.ReadResp().setStreamNotFound(missing);
}

export function confirmation(id: string): Streams.ReadResp {
  const confirmed = new streamsPb.ReadResp.SubscriptionConfirmation().setSubscriptionId(id);
  return new streamsPb.ReadResp().setConfirmation(confirmed);
}

export function checkpoint(position: bigint): Streams.ReadResp {
  const text = position.toString();
  const reached = new streamsPb.ReadResp.Checkpoint().setCommitPosition(text).setPreparePosition(text);
  return new streamsPb.ReadResp().setCheckpoint(reached);
}

export function caughtUp(): Streams.ReadResp {
  return new streamsPb.ReadResp().setCaughtUp(new streamsPb.ReadResp.CaughtUp());
}

/** Of an append of no events, position is null. */
export function appended(revision: bigint, position: bigint | null): Streams.AppendResp {
  const success = new streamsPb.AppendResp.Success();
  if (revision < 0n) success.setNoStream(new sharedPb.Empty());
  else success.setCurrentRevision(revision.toString());
  if (position === null) success.setNoPosition(new sharedPb.Empty());
  else {
    const text = position.toString();
    success.setPosition(new streamsPb.AppendResp.Position().setCommitPosition(text).setPreparePosition(text));
  }
  return new streamsPb.AppendResp().setSuccess(success);
}

/** The first of the two shapes: a result of a unary append. */
export function appendRefused({ expected, actual }: WrongExpectedRevision): Streams.AppendResp {
  const wrong = new streamsPb.AppendResp.WrongExpectedVersion();
  if (actual === null) wrong.setCurrentNoStream(new sharedPb.Empty());
  else wrong.setCurrentRevision(actual.toString());
  if (expected === 'any') wrong.setExpectedAny(new sharedPb.Empty());
  else if (expected === 'exists') wrong.setExpectedStreamExists(new sharedPb.Empty());
  else if (expected === 'absent') wrong.setExpectedNoStream(new sharedPb.Empty());
  else wrong.setExpectedRevision(expected.toString());
  return new streamsPb.AppendResp().setWrongExpectedVersion(wrong);
}

export function batchAnswer(
  correlationId: Shared.UUID | undefined,
  options: Streams.BatchAppendReq.Options,
): Streams.BatchAppendResp {
  const answer = new streamsPb.BatchAppendResp();
  answer.setCorrelationId(correlationId);
  answer.setStreamIdentifier(options.getStreamIdentifier());
  if (options.hasNoStream()) answer.setNoStream(new emptyPb.Empty());
  else if (options.hasStreamExists()) answer.setStreamExists(new emptyPb.Empty());
  else if (options.hasAny()) answer.setAny(new emptyPb.Empty());
  else answer.setStreamPosition(options.getStreamPosition());
  return answer;
}

export function batchSuccess(revision: bigint, position: bigint | null): Streams.BatchAppendResp.Success {
  const success = new streamsPb.BatchAppendResp.Success();
  if (revision < 0n) success.setNoStream(new emptyPb.Empty());
  else success.setCurrentRevision(revision.toString());
  if (position === null) return success.setNoPosition(new emptyPb.Empty());
  const text = position.toString();
  return success.setPosition(
    new sharedPb.AllStreamPosition().setCommitPosition(text).setPreparePosition(text),
  );
}

/** The second shape: a `google.rpc.Status` whose details say what it was. */
export function batchStatus(error: unknown): InstanceType<typeof statusPb.Status> {
  const message = error instanceof Error ? error.message : String(error);
  const [code, name, details] = batchDetails(error);
  const any = new anyPb.Any();
  any.pack(details.serializeBinary(), name);
  return new statusPb.Status().setCode(code).setMessage(message).setDetails(any);
}

function batchDetails(
  error: unknown,
): readonly [code: Code, name: string, details: { serializeBinary(): Uint8Array }] {
  if (error instanceof WrongExpectedRevision) {
    const { expected, actual } = error;
    const wrong = new sharedPb.WrongExpectedVersion();
    if (actual === null) wrong.setCurrentNoStream(new emptyPb.Empty());
    else wrong.setCurrentStreamRevision(actual.toString());
    if (expected === 'any') wrong.setExpectedAny(new emptyPb.Empty());
    else if (expected === 'exists') wrong.setExpectedStreamExists(new emptyPb.Empty());
    else if (expected === 'absent') wrong.setExpectedNoStream(new emptyPb.Empty());
    else wrong.setExpectedStreamPosition(expected.toString());
    return [codePb.Code.FAILED_PRECONDITION, 'event_store.client.WrongExpectedVersion', wrong];
  }
  if (error instanceof StreamTombstoned) {
    const deleted = new sharedPb.StreamDeleted().setStreamIdentifier(identifierOf(error.stream));
    return [codePb.Code.FAILED_PRECONDITION, 'event_store.client.StreamDeleted', deleted];
  }
  if (error instanceof AccessRefused || error instanceof NotAuthenticated)
    return [codePb.Code.PERMISSION_DENIED, 'event_store.client.AccessDenied', new sharedPb.AccessDenied()];
  if (error instanceof DeadlineExceeded)
    return [codePb.Code.DEADLINE_EXCEEDED, 'event_store.client.Timeout', new sharedPb.Timeout()];
  if (error instanceof AppendTooLarge) {
    const large = new sharedPb.MaximumAppendSizeExceeded().setMaxappendsize(error.limit);
    return [codePb.Code.INVALID_ARGUMENT, 'event_store.client.MaximumAppendSizeExceeded', large];
  }
  if (error instanceof TypeError)
    return [
      codePb.Code.INVALID_ARGUMENT,
      'event_store.client.BadRequest',
      new sharedPb.BadRequest().setMessage(error.message),
    ];
  // The stock client drops the message of `Unknown`, and shows that of details which it does not know.
  if (error instanceof StoreUnavailable)
    return [codePb.Code.UNAVAILABLE, 'google.protobuf.Empty', new emptyPb.Empty()];
  return [codePb.Code.UNKNOWN, 'event_store.client.Unknown', new sharedPb.Unknown()];
}

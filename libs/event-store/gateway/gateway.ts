import { randomUUID } from 'node:crypto';
import {
  Server,
  ServerCredentials,
  type sendUnaryData,
  type ServerUnaryCall,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import gossipGrpc from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import gossipPb from '@eventstore/db-client/generated/gossip_pb.js';
import featuresGrpc from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import featuresPb from '@eventstore/db-client/generated/serverfeatures_pb.js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type * as Streams from '@eventstore/db-client/generated/streams_pb.js';
import { type EventStore } from '../port/event-store.js';
import { Access, type GatewayUser } from './access.js';
import { serviceError } from './failures.js';
import { GatewayLog } from './log.js';
import { expectedOf, nameOf } from './messages.js';
import { answerRead } from './reading.js';
import { addUnoffered } from './unoffered.js';
import { answerAppend, answerBatches } from './writing.js';

/** The protocol's version that is spoken; clients choose by it what they may ask. */
const PROTOCOL_VERSION = '23.10.0';
/** As EventStoreDB: larger than an append may be, so that one too large is answered rather than cut off. */
const RECEIVE_LIMIT = 17 * 1024 * 1024;
/** Of an address that names none. */
const HTTPS = 443;
/** Until a ping, and until its answer: longer than a busy client computes. What is not answered is gone, with what it had open. */
const KEEPALIVE_MS = 30_000;

export interface GatewayOptions {
  readonly store: EventStore;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0: any that is free. */
  readonly port: number;
  /** PEM. Without it the gateway speaks plain text, to strangers, and serves their own streams only. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Who may call over TLS; the one that `isOwn` writes CIOS's own streams. */
  readonly users?: readonly GatewayUser[];
}

export interface Gateway {
  readonly port: number;
  /** Calls that are under way are cut off. The store stays open. */
  close(): Promise<void>;
}

/**
 * Serves an event store over EventStoreDB's gRPC protocol: Streams, ServerFeatures and Gossip; its other services answer
 * `UNIMPLEMENTED`. Rejects with the system's error where the port is taken.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { store, host = '127.0.0.1', tls, users = [] } = options;
  const access = new Access(tls ? users : null);
  const log = new GatewayLog(store);
  await log.foreign.initialise(PROTOCOL_VERSION);
  const server = new Server({
    'grpc.max_receive_message_length': RECEIVE_LIMIT,
    'grpc.max_send_message_length': -1,
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_MS,
  });
  server.addService(streamsGrpc.StreamsService, streamsOf(log, access));
  server.addService(featuresGrpc.ServerFeaturesService, { getSupportedMethods: supportedMethods });
  server.addService(gossipGrpc.GossipService, { read: gossip() });
  addUnoffered(server);
  const credentials = tls
    ? ServerCredentials.createSsl(null, [
        { cert_chain: Buffer.from(tls.certificate), private_key: Buffer.from(tls.key) },
      ])
    : ServerCredentials.createInsecure();
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${host}:${options.port}`, credentials, (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
  });
  return {
    port,
    async close() {
      server.forceShutdown();
    },
  };
}

function streamsOf(log: GatewayLog, access: Access): UntypedServiceImplementation {
  const implementation = {
    read: (call: Parameters<typeof answerRead>[0]) => {
      attempt(async () => answerRead(call, log, access.callerOf(call.metadata))).then(
        () => {
          call.end();
        },
        (error: unknown) => {
          const name = nameOf(call.request.getOptions()?.getStream()?.getStreamIdentifier());
          call.emit('error', serviceError(error, name));
        },
      );
    },
    append: (call: Parameters<typeof answerAppend>[0], callback: sendUnaryData<Streams.AppendResp>) => {
      let name = '';
      const nameIt = (known: string) => {
        name = known;
      };
      answer(
        callback,
        async () => answerAppend(call, log, access.callerOf(call.metadata), nameIt),
        () => name,
      );
    },
    batchAppend: (call: Parameters<typeof answerBatches>[0]) => {
      attempt(async () => answerBatches(call, log, access.callerOf(call.metadata))).then(
        () => {
          call.end();
        },
        (error: unknown) => {
          call.emit('error', serviceError(error));
        },
      );
    },
    delete: (
      call: ServerUnaryCall<Streams.DeleteReq, Streams.DeleteResp>,
      callback: sendUnaryData<Streams.DeleteResp>,
    ) => {
      const options = call.request.getOptions()!;
      const name = nameOf(options.getStreamIdentifier());
      answer(
        callback,
        async () => {
          access.callerOf(call.metadata);
          const position = await removed(log, name, () => log.foreign.delete(name, expectedOf(options)));
          const at = new streamsPb.DeleteResp.Position();
          return new streamsPb.DeleteResp().setPosition(
            at.setCommitPosition(position).setPreparePosition(position),
          );
        },
        () => name,
      );
    },
    tombstone: (
      call: ServerUnaryCall<Streams.TombstoneReq, Streams.TombstoneResp>,
      callback: sendUnaryData<Streams.TombstoneResp>,
    ) => {
      const options = call.request.getOptions()!;
      const name = nameOf(options.getStreamIdentifier());
      answer(
        callback,
        async () => {
          const caller = access.callerOf(call.metadata);
          const position = await removed(log, name, () =>
            log.foreign.tombstone(name, expectedOf(options), caller.name),
          );
          const at = new streamsPb.TombstoneResp.Position();
          return new streamsPb.TombstoneResp().setPosition(
            at.setCommitPosition(position).setPreparePosition(position),
          );
        },
        () => name,
      );
    },
  };
  return implementation;
}

async function removed(log: GatewayLog, name: string, remove: () => Promise<bigint>): Promise<string> {
  await log.mustBeForeign(name);
  return (await remove()).toString();
}

function answer<T>(callback: sendUnaryData<T>, work: () => Promise<T>, name: () => string): void {
  attempt(work).then(
    (result) => {
      callback(null, result);
    },
    (error: unknown) => {
      callback(serviceError(error, name()));
    },
  );
}

/** What throws at once rejects like what throws later. */
async function attempt<T>(work: () => Promise<T>): Promise<T> {
  return work();
}

function supportedMethods(
  _call: unknown,
  callback: sendUnaryData<InstanceType<typeof featuresPb.SupportedMethods>>,
): void {
  const methods = [
    ...Object.values(streamsGrpc.StreamsService),
    ...Object.values(featuresGrpc.ServerFeaturesService),
    ...Object.values(gossipGrpc.GossipService),
  ].map(({ path }: { readonly path: string }) => {
    const [, service, method] = path.split('/');
    const supported = new featuresPb.SupportedMethod().setServiceName(service!);
    supported.setMethodName(method!.toLowerCase());
    // Of reading: positions in stream reads, and all that subscriptions tell.
    return method === 'Read' && service!.endsWith('.Streams')
      ? supported.setFeaturesList(['position', 'events'])
      : supported;
  });
  callback(
    null,
    new featuresPb.SupportedMethods().setMethodsList(methods).setEventStoreServerVersion(PROTOCOL_VERSION),
  );
}

type ClusterInfo = InstanceType<typeof gossipPb.ClusterInfo>;

/** One node, its own leader, at the address at which the caller has reached it. */
function gossip() {
  const instance = randomUUID();
  return (call: ServerUnaryCall<unknown, ClusterInfo>, callback: sendUnaryData<ClusterInfo>): void => {
    const [, host = '', port] = /^(.*?)(?::(\d+))?$/.exec(call.getHost()) ?? [];
    const member = new gossipPb.MemberInfo();
    member.setInstanceId(new sharedPb.UUID().setString(instance));
    member.setTimeStamp((BigInt(Date.now()) * 10_000n).toString());
    member.setState(gossipPb.MemberInfo.VNodeState.LEADER);
    member.setIsAlive(true);
    member.setHttpEndPoint(new gossipPb.EndPoint().setAddress(host).setPort(Number(port ?? HTTPS)));
    callback(null, new gossipPb.ClusterInfo().setMembersList([member]));
  };
}

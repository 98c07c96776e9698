import {
  status,
  type Server,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import monitoringGrpc from '@eventstore/db-client/generated/monitoring_grpc_pb.js';
import operationsGrpc from '@eventstore/db-client/generated/operations_grpc_pb.js';
import persistentGrpc from '@eventstore/db-client/generated/persistent_grpc_pb.js';
import projectionsGrpc from '@eventstore/db-client/generated/projections_grpc_pb.js';
import usersGrpc from '@eventstore/db-client/generated/users_grpc_pb.js';

/** Services of the protocol that the gateway has not, each with what to do instead. */
const UNOFFERED: readonly (readonly [ServiceDefinition, string])[] = [
  [
    persistentGrpc.PersistentSubscriptionsService,
    'no persistent subscriptions: subscribe to a stream or to $all, and keep the checkpoint yourself',
  ],
  [projectionsGrpc.ProjectionsService, 'no projections: subscribe, and project where you read'],
  [operationsGrpc.OperationsService, 'no operations: see `cios store`'],
  [usersGrpc.UsersService, "no users of the protocol: logins stand in the gateway's folder"],
  [monitoringGrpc.MonitoringService, 'no statistics'],
];

type Answer = (error: { readonly code: status; readonly details: string }) => void;

/** Every method of theirs answers `UNIMPLEMENTED` and says why. */
export function addUnoffered(server: Server): void {
  for (const [service, instead] of UNOFFERED) {
    const error = { code: status.UNIMPLEMENTED, details: `the gateway of CIOS has ${instead}` };
    const implementation: UntypedServiceImplementation = {};
    for (const [name, { responseStream }] of Object.entries(service)) {
      implementation[name] = responseStream
        ? (call: { emit(event: 'error', error: object): void }) => {
            call.emit('error', error);
          }
        : (_call: unknown, answer: Answer) => {
            answer(error);
          };
    }
    server.addService(service, implementation);
  }
}

import { capabilityId } from '#libs/build-graph';
import { type CapabilityEvent } from '#libs/capabilities/contract';
import { type CompilationEvent } from '#libs/compilation/contract';
import { type Json, type RecordedEvent, type Saga } from '#libs/kernel';
import { type RegionDataEvent, type RegionState } from '#libs/region-data/contract';
import { type ReleaseContent, type ReleaseEvent } from '#libs/releases/contract';
import {
  type Baseline,
  type BaselineEvent,
  type BuildEvent,
  type PlannedGraph,
  type RegionBuildCommand,
} from '../contract/index.js';
import { RegionBuild, releaseGroup } from '../domain/region-build.js';

type Event = RegionDataEvent | CompilationEvent | BaselineEvent | BuildEvent | ReleaseEvent | CapabilityEvent;

/** MFO: one instance per region; region data, compilations, results and capabilities in, merges, releases and states out. */
export const regionBuildSaga: Saga<RegionBuild, Event, RegionBuildCommand> = {
  name: 'region-build',
  version: 1,
  types: [
    'RegionAdded',
    'RegionEdited',
    'RegionRemoved',
    'RegionStateChanged',
    'BuildHoldPlaced',
    'BuildHoldLifted',
    'RegionPolicyChanged',
    'RegionDataImported',
    'RegionDataCompiled',
    'VersionsCompiled',
    'BaselineTaken',
    'BuildOpened',
    'BuildGraphMerged',
    'BuildConcluding',
    'BuildConclusionDeferred',
    'BuildCompleted',
    'BuildCancelled',
    'ReleaseSent',
    'NodeDispatched',
    'NodeRecalled',
    'OperationStarted',
    'OperationSucceeded',
    'OperationFailed',
    'ReleaseCompleted',
    'CapabilityBecameAvailable',
    'CapabilityWithdrawn',
  ],

  partitions(recorded) {
    const { type, data } = typed(recorded);
    switch (type) {
      case 'RegionDataCompiled':
      case 'CapabilityBecameAvailable':
      case 'CapabilityWithdrawn':
        return ['*'];
      case 'VersionsCompiled':
        return data.regions;
      case 'RegionAdded':
      case 'RegionEdited':
      case 'RegionRemoved':
      case 'RegionStateChanged':
      case 'BuildHoldPlaced':
      case 'BuildHoldLifted':
      case 'RegionPolicyChanged':
        return [data.region];
      case 'RegionDataImported':
        return [...new Set((data.events ?? []).flatMap((e) => ('region' in e.data ? [e.data.region] : [])))];
      default:
        return 'region' in data ? [data.region] : [];
    }
  },

  initial: (partition) => new RegionBuild(partition),

  blobs(recorded) {
    const { type, data } = typed(recorded);
    if (type === 'BuildGraphMerged') return [data.graph];
    if (type === 'BaselineTaken') return [data.nodes];
    return type === 'ReleaseSent' ? [data.content] : [];
  },

  evolve(region, recorded, blobs) {
    const { type, data } = typed(recorded);
    region.causedBy(recorded.id, recorded.metadata.correlationId);
    switch (type) {
      case 'RegionAdded':
      case 'RegionEdited':
      case 'RegionStateChanged':
      case 'BuildHoldPlaced':
      case 'BuildHoldLifted':
      case 'RegionPolicyChanged':
        takeFacts(region, { type, data } as RegionDataEvent, recorded.revision);
        break;
      case 'RegionDataImported':
        for (const event of data.events ?? [])
          if ('region' in event.data && event.data.region === region.region)
            takeFacts(region, event, recorded.revision);
        break;
      case 'RegionDataCompiled':
        region.onCompiled(
          BigInt(data.after),
          BigInt(data.revision),
          data.regions.includes(region.region),
          data.touched.includes(region.region),
        );
        break;
      case 'VersionsCompiled':
        region.onVersionsCompiled(data.upTo);
        break;
      case 'BaselineTaken':
        region.onBaseline(data.nodes, blobs.get(data.nodes) as Baseline);
        break;
      case 'BuildOpened':
        region.onOpened(data);
        break;
      case 'BuildGraphMerged':
        region.onMerged(blobs.get(data.graph) as PlannedGraph, data.versions, data.facts);
        break;
      case 'BuildConcluding':
        region.onConcluding(data.covers);
        break;
      case 'BuildConclusionDeferred':
        region.onDeferred(data.covers);
        break;
      case 'BuildCompleted':
        region.onCompleted();
        break;
      case 'BuildCancelled':
        region.onCancelled(data.reason);
        break;
      case 'ReleaseSent':
        region.onSent(
          data.release,
          releaseGroup(data.environment, data.flock, data.target, data.round),
          blobs.get(data.content) as ReleaseContent,
        );
        break;
      case 'NodeDispatched':
        region.onDispatched(data.release, data.node, data.digest);
        break;
      case 'NodeRecalled':
        region.onRecalled(data.release, data.node);
        break;
      case 'OperationStarted':
        region.onStarted(data.release, data.node);
        break;
      case 'OperationSucceeded':
        region.onSucceeded(data.release, data.node, data.digest, data.outputs);
        break;
      case 'OperationFailed':
        region.onFailed(data.release, data.node, data.retryAt !== undefined);
        break;
      case 'ReleaseCompleted':
        region.onReleaseCompleted(data.release);
        break;
      case 'CapabilityBecameAvailable':
        region.onAvailable(capabilityId(data), data.outputs as Readonly<Record<string, Json>>);
        break;
      case 'CapabilityWithdrawn':
        region.onWithdrawn(capabilityId(data), data.reason);
        break;
      default:
        break;
    }
    return region;
  },

  due: (region) => region.due(),
  snapshot: (region) => region.toSnapshot(),
  restore: (snapshot) => RegionBuild.fromSnapshot(snapshot),
};

/** The recorded event as the union that its literal type selects. */
const typed = (recorded: RecordedEvent<Event>): Event => recorded as unknown as Event;

/** What region data say of the region itself. */
function takeFacts(region: RegionBuild, { type, data }: RegionDataEvent, revision: bigint): void {
  switch (type) {
    case 'RegionAdded':
      region.onFacts(
        {
          state: data.all_regions['state'] as RegionState,
          targetAvailable: data.all_regions['target_available'] !== false,
        },
        revision,
      );
      break;
    case 'RegionEdited':
      for (const change of data.changes)
        if (change.attribute === 'target_available' && change.set === 'all_regions')
          region.onFacts({ targetAvailable: change.to === true }, revision);
      break;
    case 'RegionStateChanged':
      region.onStateChanged(data.to, revision);
      break;
    case 'BuildHoldPlaced':
      region.onFacts({ held: true }, revision);
      break;
    case 'BuildHoldLifted':
      region.onFacts({ held: false }, revision);
      break;
    case 'RegionPolicyChanged':
      region.onFacts({ autoBuild: data.policy.autoBuild }, revision);
      break;
    default:
      break;
  }
}

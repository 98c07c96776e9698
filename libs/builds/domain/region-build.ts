import {
  BuildGraph,
  capabilityId,
  Frontier,
  type FrontierCounts,
  type GraphNode,
  provisionalId,
} from '#libs/build-graph';
import { selfSufficiency } from '#libs/capabilities/contract';
import { type Due, type Json } from '#libs/kernel';
import { type RegionState } from '#libs/region-data/contract';
import { type RegionalId, type ReleaseContent } from '#libs/releases/contract';
import {
  type Baseline,
  type BuildVersions,
  type NodePlan,
  type PlannedGraph,
  type RegionBuildCommand,
  type RegionFacts,
} from '../contract/index.js';
import { currentDigest } from './current-digest.js';
import { countedOutputs, doneNodes, type NodeRecord, type NodeResult, outputsRead } from './done-nodes.js';

type Outputs = Readonly<Record<string, Json>>;
type Cause = Due<RegionBuildCommand>['cause'];

/** A node that was dispatched and has no result yet. */
interface NodeWork {
  readonly release: string;
  readonly digest: string;
  readonly phase: 'dispatched' | 'started' | 'failed';
}

interface ActiveBuild {
  readonly build: string;
  readonly kind: 'first' | 'update';
  readonly hostRegion: string | null;
  readonly status: 'open' | 'concluding' | 'cancelled';
  readonly versions: BuildVersions;
  /** Revision at which the graph stands, and the latest one that asks for a merge. */
  readonly merged: bigint;
  readonly wanted: bigint;
  /** Position of a selection of versions that asks for a merge; null: none does. */
  readonly selection: string | null;
  /** Revision of the conclusion that is under way. */
  readonly covers: bigint | null;
  /** Revision whose conclusion region data refused. */
  readonly deferred: bigint | null;
}

/** The region's baseline; its nodes stand among the results. */
interface Standing extends Pick<Baseline, 'capabilities'> {
  readonly blob: string;
}

/** A compiled change that no build has taken up yet; `key` is its own. */
interface Unbuilt {
  readonly key: string;
  readonly revision: bigint;
  readonly cause: Cause;
}

/** At most this many nodes stand in one `ReleaseSent` event (64 KiB). */
const nodesPerRelease = 200;

/**
 * MFO's view of one region: its facts, the build that is open there, and which nodes of its graph are done, at work or ready. Changed
 * in place by `on…`, one call per event, in the order of the log; what is to be done follows from the state (`due`).
 * An event costs O(what it changes); a merge O(V + E).
 */
export class RegionBuild {
  #state: RegionState = 'none';
  #targetAvailable = true;
  #held = false;
  #autoBuild = false;
  /** Revisions of the last event that told facts, and of the region's change to Building. */
  #factsAt = -1n;
  #buildingSince = -1n;
  /** Revisions not compiled yet that are a transition, a hold or a policy of this region: nothing to build. */
  #transitions: readonly bigint[] = [];
  /** Revisions of the last compilation, and of the last one that concerned this region. */
  #compiled = -1n;
  #changedAt = -1n;
  #unbuilt: Unbuilt | null = null;
  #build: ActiveBuild | null = null;
  #plan: PlannedGraph | null = null;
  #frontier: Frontier | null = null;
  #cause: Cause;

  readonly #inBuild = new Set<string>();
  readonly #results = new Map<string, NodeResult>();
  readonly #work = new Map<string, NodeWork>();
  readonly #available = new Map<string, Outputs>();
  /** What stands here since before anything was built. */
  #baseline: Standing | null = null;
  readonly #record: NodeRecord;
  /** Known to be withdrawn, whatever a plan that was made before says. */
  readonly #withdrawn = new Set<string>();
  /** Open releases: nodes without a result, with the compiled digest that the release pins. */
  readonly #releases = new Map<string, Map<string, string>>();
  readonly #assigned = new Map<string, string>();
  /** Releases sent so far of each flock × target × round. */
  readonly #sent = new Map<string, number>();
  /** Publications that are done and must be carried out once more; derived. */
  readonly #again = new Set<string>();
  /** Derived from the plan. */
  readonly #groups = new Map<string, string[]>();
  readonly #readers = new Map<string, string[]>();
  #blockedFlocks: ReadonlySet<string> = new Set();
  #connections: ReadonlySet<string> = new Set();

  /** By release that is to be sent, its group; by node that is to be dispatched, its release. Routed when they go. */
  readonly #sends = new Map<string, { readonly group: string; readonly cause: Cause }>();
  readonly #dispatches = new Map<
    string,
    { readonly release: string; readonly digest: string; readonly cause: Cause }
  >();
  readonly #recalls = new Map<string, Due<RegionBuildCommand>>();

  constructor(readonly region: string) {
    const baseline = () => this.#baseline;
    this.#record = {
      result: (node) => this.#results.get(node),
      capability: (id) => this.#available.get(id),
      get baseline() {
        return baseline();
      },
    };
  }

  get state(): RegionState {
    return this.#state;
  }

  get counts(): FrontierCounts | null {
    return this.#frontier?.counts ?? null;
  }

  get build(): string | null {
    return this.#build?.build ?? null;
  }

  /** Names the event that the next calls stand for, so that commands can name their cause. */
  causedBy(eventId: string, correlationId: string): void {
    this.#cause = { eventId, correlationId };
  }

  // Region data

  onFacts(facts: Partial<RegionFacts> & { readonly autoBuild?: boolean }, revision: bigint): void {
    this.#factsAt = revision;
    if (facts.held !== undefined || facts.autoBuild !== undefined)
      this.#transitions = [...this.#transitions, revision];
    this.#takeFacts(facts);
  }

  onStateChanged(to: RegionState, revision: bigint): void {
    this.#factsAt = revision;
    this.#state = to;
    this.#transitions = [...this.#transitions, revision];
    if (to === 'Building') this.#buildingSince = revision;
  }

  /** `differs`: the region's compiled result; `touched`: its own entities. */
  onCompiled(after: bigint, revision: bigint, differs: boolean, touched: boolean): void {
    const own = this.#transitions.filter((at) => at > after && at <= revision).length;
    this.#transitions = this.#transitions.filter((at) => at > revision);
    this.#compiled = revision;
    const concerned = differs || touched;
    if (concerned) this.#changedAt = revision;
    // In `none` the forecast may differ where the result does not. The region's own transition is no change to be built.
    const isChange = differs || (touched && this.#state === 'none');
    if (isChange && revision - after > BigInt(own))
      this.#unbuilt = { key: String(revision), revision, cause: this.#cause };
    const build = this.#build;
    if (!build || revision <= build.wanted) return;
    const stands = build.wanted <= build.merged && !concerned;
    this.#build = { ...build, wanted: revision, merged: stands ? revision : build.merged };
  }

  onVersionsCompiled(upTo: string): void {
    this.#unbuilt = { key: `v${upTo}`, revision: this.#compiled, cause: this.#cause };
    if (this.#build) this.#build = { ...this.#build, selection: upTo };
  }

  #takeFacts(facts: Partial<RegionFacts> & { readonly autoBuild?: boolean }): void {
    if (facts.state !== undefined) this.#state = facts.state;
    if (facts.held !== undefined) this.#held = facts.held;
    if (facts.autoBuild !== undefined) this.#autoBuild = facts.autoBuild;
    if (facts.targetAvailable !== undefined) {
      this.#targetAvailable = facts.targetAvailable;
      this.#setGate('target_available', facts.targetAvailable);
    }
  }

  /** What a version set made of the region is done there. Nothing is being built yet. */
  onBaseline(blob: string, { nodes, capabilities }: Baseline): void {
    this.#baseline = { blob, capabilities };
    for (const [node, { supplied }] of this.#results) if (supplied === null) this.#results.delete(node);
    for (const [node, { digest }] of Object.entries(nodes))
      if (!this.#results.has(node)) this.#results.set(node, { digest, outputs: {}, supplied: null });
  }

  // The build

  onOpened(opened: {
    readonly build: string;
    readonly kind: 'first' | 'update';
    readonly hostRegion: string | null;
  }): void {
    this.#inBuild.clear();
    this.#sent.clear();
    const { build, kind, hostRegion } = opened;
    this.#build = {
      build,
      kind,
      hostRegion,
      status: 'open',
      versions: { target: null, vibe: null },
      merged: -1n,
      wanted: -1n,
      selection: null,
      covers: null,
      deferred: null,
    };
  }

  onMerged(plan: PlannedGraph, versions: BuildVersions, facts: RegionFacts): void {
    if (!this.#build) return;
    const at = BigInt(plan.regionData);
    // The plan may be older than the last compilation: it stands there too unless that one concerned the region.
    const merged = this.#changedAt <= at && this.#compiled > at ? this.#compiled : at;
    const { wanted } = this.#build;
    this.#build = {
      ...this.#build,
      versions,
      merged,
      wanted: [wanted, this.#changedAt].reduce((a, b) => (a > b ? a : b), merged),
      selection: null,
    };
    if (this.#unbuilt && this.#unbuilt.revision <= merged) this.#unbuilt = null;
    // Facts arrive with their own events too, and those may be newer than the plan.
    if (at >= this.#factsAt) this.#takeFacts(facts);
    this.#adopt(plan);
    const graph = this.#frontier!.graph;
    for (const [release, pinned] of this.#releases)
      for (const [node, digest] of pinned)
        if (this.#work.get(node)?.phase !== 'started')
          if (!graph.has(node)) this.#recall(release, node, 'no longer declared');
          else if (this.#planOf(node).digest !== digest) this.#recall(release, node, 'changed by a merge');
    this.#release(this.#frontier!.ready());
  }

  onConcluding(covers: string): void {
    if (this.#build) this.#build = { ...this.#build, status: 'concluding', covers: BigInt(covers) };
  }

  onDeferred(covers: string): void {
    if (this.#build) this.#build = { ...this.#build, status: 'open', covers: null, deferred: BigInt(covers) };
  }

  onCompleted(): void {
    // What was compiled since is an update.
    this.#over('the build is complete');
  }

  onCancelled(reason: string): void {
    this.#unbuilt = null;
    this.#over(reason);
  }

  /** What was sent and not started is recalled, what has started may finish. */
  #over(reason: string): void {
    for (const [release, pinned] of this.#releases)
      for (const node of pinned.keys())
        if (this.#work.get(node)?.phase !== 'started') this.#recall(release, node, reason);
    this.#build = null;
    this.#plan = null;
    this.#frontier = null;
    this.#again.clear();
    this.#sends.clear();
    this.#dispatches.clear();
  }

  // Releases

  onSent(release: string, group: string, content: ReleaseContent): void {
    this.#sends.delete(release);
    this.#sent.set(group, (this.#sent.get(group) ?? 0) + 1);
    const pinned = new Map(content.nodes.map(({ node, digest }) => [node, digest]));
    this.#releases.set(release, pinned);
    for (const [node, digest] of pinned) {
      this.#assigned.set(node, release);
      const why = this.#whyNotPinned(node, digest);
      if (why !== null) this.#recall(release, node, why);
      else if (this.#frontier!.isReady(node)) this.#release([node]);
    }
    // One release holds so many nodes: the next one of the group is sent where another node is ready.
    const rest = this.#frontier ? (this.#groups.get(group) ?? []) : [];
    this.#release(rest.filter((node) => !this.#assigned.has(node)));
  }

  onDispatched(release: string, node: string, digest: string): void {
    this.#dispatches.delete(node);
    this.#work.set(node, { release, digest, phase: 'dispatched' });
    const frontier = this.#frontier;
    const isKnown = frontier?.graph.has(node) === true;
    const isBlocked = isKnown && !frontier.isStarted(node) && !frontier.isReady(node);
    if (isKnown) frontier.markStarted(node);
    const why = isBlocked ? 'what it waits for is not done any more' : this.#whyOutdated(node, digest);
    if (why !== null) this.#recall(release, node, why);
  }

  onStarted(release: string, node: string): void {
    const work = this.#work.get(node);
    if (work) this.#work.set(node, { ...work, phase: 'started' });
    this.#recalls.delete(recallKey(release, node));
  }

  onSucceeded(release: string, node: string, digest: string, outputs: Outputs): void {
    const before = this.#results.get(node);
    const supplied = before?.supplied === null ? outputs : before?.supplied;
    this.#results.set(node, { digest, outputs, ...(supplied && { supplied }) });
    this.#again.delete(node);
    this.#forget(release, node);
    const frontier = this.#frontier;
    if (!frontier?.graph.has(node)) return;
    frontier.markNotStarted(node);
    if (this.#currentDigest(node) === digest && this.#isSettled(node)) this.#done(node);
    else if (frontier.isReady(node)) this.#release([node]);
    if (!before || JSON.stringify(before.outputs) !== JSON.stringify(outputs)) this.#reopenReaders(node);
  }

  onFailed(release: string, node: string, willRetry: boolean): void {
    const work = this.#work.get(node);
    if (!work || willRetry) return;
    this.#work.set(node, { ...work, phase: 'failed' });
    // It was let finish although a merge had changed it; now there is nothing to wait for.
    const why = this.#whyOutdated(node, work.digest);
    if (why !== null) this.#recall(release, node, why);
  }

  onRecalled(release: string, node: string): void {
    this.#forget(release, node);
    const frontier = this.#frontier;
    if (!frontier?.graph.has(node)) return;
    frontier.markNotStarted(node);
    if (frontier.isReady(node)) this.#release([node]);
  }

  onReleaseCompleted(release: string): void {
    this.#releases.delete(release);
  }

  // Capabilities

  onAvailable(capability: string, outputs: Outputs): void {
    this.#withdrawn.delete(capability);
    if (!this.#concerns(capability)) return;
    const before = this.#available.get(capability);
    this.#available.set(capability, outputs);
    if (!this.#frontier) return;
    if (this.#frontier.graph.has(capability)) {
      this.#release(this.#frontier.markDone(capability));
      for (const publisher of this.#frontier.graph.predecessors(capability))
        if (this.#again.delete(publisher) && this.#frontier.isReady(publisher)) {
          this.#dispatches.delete(publisher);
          this.#release([publisher]);
        }
    }
    this.#turnGates();
    if (!before || JSON.stringify(before) !== JSON.stringify(outputs)) this.#reopenReaders(capability);
  }

  onWithdrawn(capability: string, reason: string): void {
    this.#withdrawn.add(capability);
    if (!this.#available.delete(capability)) return;
    const frontier = this.#frontier;
    if (!frontier?.graph.has(capability)) return;
    for (const blocked of frontier.markUndone(capability)) this.#dispatches.delete(blocked);
    for (const node of frontier.graph.successors(capability)) {
      const work = this.#work.get(node);
      if (work?.phase === 'dispatched')
        this.#recall(work.release, node, `${capability} withdrawn: ${reason}`);
    }
    this.#turnGates();
  }

  // What follows

  *due(): Iterable<Due<RegionBuildCommand>> {
    const build = this.#build;
    const { region } = this;
    yield* this.#recalls.values();
    if (!build) {
      if (this.#unbuilt && this.#autoBuild && (this.#state === 'none' || this.#state === 'Production'))
        yield {
          key: `open:${this.#unbuilt.key}`,
          command: {
            type: 'OpenRegionBuild',
            region,
            reason: `region data changed (revision ${this.#unbuilt.revision})`,
          },
          ...(this.#unbuilt.cause ? { cause: this.#unbuilt.cause } : {}),
        };
      return;
    }
    if (build.status === 'open' && (build.wanted > build.merged || build.selection !== null))
      yield this.#due(`merge:${build.build}:${build.wanted}:${build.selection ?? ''}`, {
        type: 'MergeRegionBuild',
        region,
        build: build.build,
        regionData: String(build.wanted),
        ...(build.selection === null ? {} : { selection: build.selection }),
      });
    if (this.#isReadyForBuilding(build))
      yield this.#due(`building:${build.build}`, { type: 'SetRegionBuilding', region, build: build.build });
    const covers = build.covers ?? build.merged;
    if (this.#isReadyToConclude(build))
      yield this.#due(`conclude:${build.build}:${covers}`, {
        type: 'ConcludeRegionBuild',
        region,
        build: build.build,
        covers: String(covers),
        setsState: build.kind === 'first' && this.#state === 'Building',
      });
    if (this.#held || this.#state === 'Paused') return;
    for (const [release, { group, cause }] of this.#sends) {
      const command = this.#sendOf(release, group);
      if (command) yield { key: `send:${release}`, command, ...(cause ? { cause } : {}) };
    }
    for (const [node, { release, digest, cause }] of this.#dispatches)
      yield {
        key: `dispatch:${release}:${node}:${digest.slice(0, 16)}`,
        command: this.#dispatchOf(release, node, digest),
        ...(cause ? { cause } : {}),
      };
  }

  #isReadyForBuilding({ kind, hostRegion }: ActiveBuild): boolean {
    if (kind !== 'first' || this.#state !== 'none') return false;
    return hostRegion === null || ['cios-regional', 'worker'].every((name) => this.#has('vibe', name));
  }

  #isReadyToConclude(build: ActiveBuild): boolean {
    if (build.status === 'concluding') return true;
    const frontier = this.#frontier;
    if (!frontier || build.wanted > build.merged || build.selection !== null) return false;
    if (build.deferred !== null && build.deferred >= build.merged) return false;
    if (!frontier.isComplete || this.#blockedFlocks.size > 0 || this.#work.size > 0) return false;
    if (build.kind === 'update') return true;
    // A small graph of `none` may be finished before the Building graph exists: that is not the end.
    return (
      (this.#state === 'Building' || this.#state === 'Production') &&
      build.merged >= this.#buildingSince &&
      frontier.graph.nodes.length > 0
    );
  }

  /** Where nodes of an environment are sent to now (ARCHITECTURE, "Routing"). */
  route(environment: 'vibe' | 'target'): RegionalId {
    const here = { region: this.region, environment };
    const host = this.#build?.hostRegion;
    if (host == null) return { region: this.region, environment: 'target' };
    if (this.#isSelfSufficient(environment)) return here;
    if (environment === 'target' && this.#isSelfSufficient('vibe'))
      return { region: this.region, environment: 'vibe' };
    return { region: host, environment: 'target' };
  }

  #isSelfSufficient(environment: 'vibe' | 'target'): boolean {
    return selfSufficiency.every((name) => this.#has(environment, name));
  }

  #has(environment: 'vibe' | 'target', name: string): boolean {
    return this.#available.has(capabilityId({ region: this.region, environment, name }));
  }

  /** Ready nodes go out: those that prove done are marked so, the rest are dispatched where their release was sent, or it is sent. */
  #release(ready: readonly string[]): void {
    for (const node of ready) {
      if (!this.#frontier!.isReady(node)) continue;
      const { flock } = this.#node(node);
      const digest = this.#currentDigest(node);
      const isDone = digest !== null && this.#results.get(node)?.digest === digest;
      if (isDone && !this.#again.has(node)) this.#done(node);
      else if (this.#blockedFlocks.has(flock) || digest === null) continue;
      else {
        const release = this.#assigned.get(node);
        if (release === undefined) this.#send(node);
        else if (!this.#recalls.has(recallKey(release, node)))
          this.#dispatches.set(node, { release, digest, cause: this.#cause });
      }
    }
  }

  #done(node: string): void {
    const ready = this.#frontier!.markDone(node);
    if (this.#connections.has(node)) this.#turnGates();
    this.#release(ready);
    const publication = this.#planOf(node).publishes;
    if (publication) this.#publishAgain(publication.capability);
  }

  /**
   * All publishers are done and the capability is not available, since one that it waited for is no longer declared: the last one
   * says again who has to publish. Not where somebody withdrew it.
   */
  #publishAgain(capability: string): void {
    const frontier = this.#frontier!;
    if (this.#available.has(capability) || this.#withdrawn.has(capability)) return;
    if (!frontier.graph.has(capability)) return;
    const publishers = frontier.graph.predecessors(capability);
    if (publishers.length === 0 || !publishers.every((p) => frontier.isDone(p))) return;
    const last = publishers.at(-1)!;
    this.#again.add(last);
    this.#reopen(last);
  }

  /** The outputs that it reads are those of nodes that are done; others may still change. */
  #isSettled(node: string): boolean {
    const { graph } = this.#frontier!;
    const isDone = (id: string): boolean => graph.has(id) && this.#frontier!.isDone(id);
    return this.#planOf(node).outputsRead.every(
      (read) => !(read.node in this.#plan!.plans) || isDone(read.node) || isDone(provisionalId(read.node)),
    );
  }

  /** With whoever reads its outputs: they are done again without an operation where these prove equal. */
  #reopen(node: string): void {
    const frontier = this.#frontier!;
    this.#inBuild.add(node);
    for (const blocked of frontier.markUndone(node)) this.#dispatches.delete(blocked);
    if (this.#work.has(node)) frontier.markStarted(node);
    for (const reader of this.#readers.get(node) ?? [])
      if (frontier.graph.has(reader) && frontier.isDone(reader)) this.#reopen(reader);
    if (!this.#work.has(node) && frontier.isReady(node)) this.#release([node]);
  }

  #whyNotPinned(node: string, digest: string): string | null {
    const frontier = this.#frontier;
    if (!frontier) return 'the build is over';
    if (!frontier.graph.has(node)) return 'no longer declared';
    if (this.#planOf(node).digest !== digest) return 'changed by a merge';
    return frontier.isDone(node) ? 'done already' : null;
  }

  /** Why work at that (current) digest is not wanted any more. */
  #whyOutdated(node: string, digest: string): string | null {
    const frontier = this.#frontier;
    if (!frontier) return 'the build is over';
    if (!frontier.graph.has(node)) return 'no longer declared';
    return this.#currentDigest(node) === digest ? null : 'changed since it was dispatched';
  }

  #send(ready: string): void {
    const group = this.#groupOf(ready);
    const release = releaseId(this.#build!.build, group, this.#sent.get(group) ?? 0);
    if (!this.#sends.has(release)) this.#sends.set(release, { group, cause: this.#cause });
  }

  /** Null while no node of it is ready. */
  #sendOf(release: string, group: string): RegionBuildCommand | null {
    const frontier = this.#frontier!;
    const waiting = this.#groups
      .get(group)!
      .filter((n) => !this.#assigned.has(n) && !frontier.isDone(n) && this.#inBuild.has(n));
    const ready = waiting.find((n) => frontier.isReady(n));
    if (ready === undefined) return null;
    // The ready one is always among the first, or a release would hold nothing that can go.
    const chosen =
      waiting.length <= nodesPerRelease
        ? waiting
        : [ready, ...waiting.filter((n) => n !== ready)].slice(0, nodesPerRelease);
    const { environment, flock, target } = this.#node(ready);
    return {
      type: 'SendNodes',
      release,
      build: this.#build!.build,
      region: this.region,
      environment: environment as 'vibe' | 'target',
      flock,
      version: this.#planOf(ready).version,
      target,
      round: this.#plan!.rounds[ready] ?? 1,
      to: this.route(environment as 'vibe' | 'target'),
      nodes: chosen.map((node) => {
        const { type, executor, digest } = this.#planOf(node);
        return { node, address: this.#node(node).address!, type, executor, digest };
      }),
      compiled: this.#plan!.compiled[flock]!,
      ...(this.#baseline && {
        baseline: { blob: this.#baseline.blob, nodes: chosen.filter((node) => this.#isStanding(node)) },
      }),
    };
  }

  /** It stands as the baseline has it. */
  #isStanding(node: string): boolean {
    return this.#results.get(node)?.supplied === null;
  }

  #dispatchOf(release: string, node: string, digest: string): RegionBuildCommand {
    const plan = this.#planOf(node);
    const { environment, flock } = this.#node(node);
    return {
      type: 'DispatchReadyNode',
      release,
      region: this.region,
      regionData: this.#plan!.regionData,
      node,
      digest,
      to: this.route(environment as 'vibe' | 'target'),
      compiled: this.#plan!.compiled[flock]!,
      outputs: outputsRead(plan, this.#record),
      publishers: plan.publishes?.publishers ?? [],
      ...(this.#baseline && this.#isStanding(node) && { baseline: this.#baseline.blob }),
    };
  }

  #recall(release: string, node: string, reason: string): void {
    const key = recallKey(release, node);
    if (this.#recalls.has(key)) return;
    this.#dispatches.delete(node);
    this.#recalls.set(key, this.#due(key, { type: 'RecallReleaseNode', release, node, reason }));
  }

  /** Outputs of a node have changed: whoever reads them, and is done or on its way by an older digest, is to be looked at again. */
  #reopenReaders(of: string): void {
    const frontier = this.#frontier;
    if (!frontier) return;
    for (const reader of this.#readers.get(of) ?? []) {
      if (!frontier.graph.has(reader)) continue;
      const digest = this.#currentDigest(reader);
      const work = this.#work.get(reader);
      if (work?.phase === 'dispatched' && work.digest !== digest)
        this.#recall(work.release, reader, `outputs of ${of} changed`);
      else if (frontier.isReady(reader)) this.#release([reader]);
      else if (frontier.isDone(reader) && this.#results.get(reader)?.digest !== digest) this.#reopen(reader);
    }
  }

  #forget(release: string, node: string): void {
    this.#dispatches.delete(node);
    this.#recalls.delete(recallKey(release, node));
    if (this.#work.get(node)?.release === release) this.#work.delete(node);
    this.#releases.get(release)?.delete(node);
    if (this.#assigned.get(node) === release) this.#assigned.delete(node);
  }

  #concerns(capability: string): boolean {
    return (
      capability.startsWith(`capability:${this.region}/`) ||
      this.#plan?.external.some((e) => e.node === capability) === true
    );
  }

  #setGate(gate: string, open: boolean): void {
    const frontier = this.#frontier;
    if (!frontier || frontier.isOpen(gate) === open) return;
    if (open) this.#release(frontier.openGate(gate));
    else for (const blocked of frontier.closeGate(gate)) this.#dispatches.delete(blocked);
  }

  #turnGates(): void {
    for (const gate of ['connections', 'hardware'] as const) this.#setGate(gate, this.#isGateOpen(gate));
  }

  #isGateOpen(gate: 'connections' | 'hardware'): boolean {
    const opening = this.#plan!.gates[gate];
    if (gate === 'hardware') return opening.every((id) => this.#available.has(id));
    const { graph } = this.#frontier!;
    return opening.every((id) => graph.has(id) && this.#frontier!.isDone(id));
  }

  /** Takes a plan as the one that holds: what is derived from it, and a frontier with what is done by it. O(V + E). */
  #adopt(plan: PlannedGraph): void {
    this.#plan = plan;
    this.#blockedFlocks = new Set(plan.blockedFlocks);
    this.#connections = new Set(plan.gates.connections);
    for (const node of plan.actual.nodes)
      if (node.available && !this.#available.has(node.id) && !this.#withdrawn.has(node.id))
        this.#available.set(node.id, plan.provided?.[node.id] ?? {});
    const graph = new BuildGraph(
      plan.actual.nodes.map(({ available: _, ...node }) => node),
      plan.actual.edges,
    );
    this.#groups.clear();
    this.#readers.clear();
    this.#sends.clear();
    this.#dispatches.clear();
    this.#again.clear();
    for (const { id } of graph.nodes) {
      const node = plan.plans[id];
      if (!node) continue;
      push(this.#groups, this.#groupOf(id, graph.node(id)), id);
      for (const read of node.outputsRead) {
        push(this.#readers, read.node, id);
        if (graph.has(provisionalId(read.node))) push(this.#readers, provisionalId(read.node), id);
      }
    }
    const done = doneNodes(graph, plan, this.#record);
    for (const { id } of graph.nodes) if (id in plan.plans && !done.has(id)) this.#inBuild.add(id);
    this.#frontier = new Frontier(graph, {
      done: [...done],
      started: [...this.#work.keys()],
      openGates: this.#targetAvailable ? ['target_available'] : [],
    });
    this.#turnGates();
    for (const { id, kind } of graph.nodes) if (kind === 'capability') this.#publishAgain(id);
  }

  #currentDigest(node: string): string | null {
    return currentDigest(this.#planOf(node), (n) => countedOutputs(this.#record, n));
  }

  #planOf(node: string): NodePlan {
    return this.#plan!.plans[node]!;
  }

  #node(id: string): GraphNode {
    return this.#frontier!.graph.node(id)!;
  }

  #groupOf(id: string, node: GraphNode = this.#node(id)): string {
    return releaseGroup(node.environment, node.flock, node.target, this.#plan!.rounds[id] ?? 1);
  }

  #due(key: string, command: RegionBuildCommand): Due<RegionBuildCommand> {
    return { key, command, ...(this.#cause ? { cause: this.#cause } : {}) };
  }

  // Snapshots

  toSnapshot(): unknown {
    return {
      region: this.region,
      facts: [this.#state, this.#targetAvailable, this.#held, this.#autoBuild],
      revisions: [this.#factsAt, this.#buildingSince, this.#compiled, this.#changedAt].map(String),
      transitions: this.#transitions.map(String),
      unbuilt: this.#unbuilt && {
        key: this.#unbuilt.key,
        revision: String(this.#unbuilt.revision),
        cause: this.#unbuilt.cause ?? null,
      },
      build: this.#build && {
        ...this.#build,
        merged: String(this.#build.merged),
        wanted: String(this.#build.wanted),
        covers: this.#build.covers === null ? null : String(this.#build.covers),
        deferred: this.#build.deferred === null ? null : String(this.#build.deferred),
      },
      plan: this.#plan,
      inBuild: [...this.#inBuild],
      results: [...this.#results],
      work: [...this.#work],
      available: [...this.#available],
      baseline: this.#baseline,
      withdrawn: [...this.#withdrawn],
      releases: [...this.#releases].map(([release, pinned]) => [release, [...pinned]]),
      sent: [...this.#sent],
      recalls: [...this.#recalls],
    };
  }

  static fromSnapshot(snapshot: unknown): RegionBuild {
    const s = snapshot as Snapshot;
    const it = new RegionBuild(s.region);
    [it.#state, it.#targetAvailable, it.#held, it.#autoBuild] = s.facts;
    [it.#factsAt, it.#buildingSince, it.#compiled, it.#changedAt] = s.revisions.map(BigInt) as [
      bigint,
      bigint,
      bigint,
      bigint,
    ];
    it.#transitions = s.transitions.map(BigInt);
    it.#unbuilt = s.unbuilt && {
      key: s.unbuilt.key,
      revision: BigInt(s.unbuilt.revision),
      cause: s.unbuilt.cause ?? undefined,
    };
    it.#build = s.build && {
      ...s.build,
      merged: BigInt(s.build.merged),
      wanted: BigInt(s.build.wanted),
      covers: s.build.covers === null ? null : BigInt(s.build.covers),
      deferred: s.build.deferred === null ? null : BigInt(s.build.deferred),
    };
    it.#baseline = s.baseline ?? null;
    fill(it.#results, s.results);
    fill(it.#work, s.work);
    fill(it.#available, s.available);
    fill(it.#sent, s.sent);
    fill(it.#recalls, s.recalls);
    for (const id of s.inBuild) it.#inBuild.add(id);
    for (const id of s.withdrawn) it.#withdrawn.add(id);
    for (const [release, pinned] of s.releases) {
      it.#releases.set(release, new Map(pinned));
      for (const [node] of pinned) it.#assigned.set(node, release);
    }
    if (s.plan) {
      it.#adopt(s.plan);
      it.#release(it.#frontier!.ready());
    }
    return it;
  }
}

interface Snapshot {
  readonly region: string;
  readonly facts: [RegionState, boolean, boolean, boolean];
  readonly revisions: readonly string[];
  readonly transitions: readonly string[];
  readonly unbuilt: {
    readonly key: string;
    readonly revision: string;
    readonly cause: Exclude<Cause, undefined> | null;
  } | null;
  readonly build:
    | (Omit<ActiveBuild, 'merged' | 'wanted' | 'covers' | 'deferred'> & {
        readonly merged: string;
        readonly wanted: string;
        readonly covers: string | null;
        readonly deferred: string | null;
      })
    | null;
  readonly plan: PlannedGraph | null;
  readonly inBuild: readonly string[];
  readonly results: readonly (readonly [string, NodeResult])[];
  readonly work: readonly (readonly [string, NodeWork])[];
  readonly available: readonly (readonly [string, Outputs])[];
  /** Absent in snapshots from before there were baselines. */
  readonly baseline?: Standing | null;
  readonly withdrawn: readonly string[];
  readonly releases: readonly (readonly [string, readonly (readonly [string, string])[]])[];
  readonly sent: readonly (readonly [string, number])[];
  readonly recalls: readonly (readonly [string, Due<RegionBuildCommand>])[];
}

/** The nodes that can share a release: one flock at one target in one round. */
export function releaseGroup(environment: string, flock: string, target: string, round: number): string {
  return [environment, flock, target, `r${round}`].map(encodeURIComponent).join('.');
}

/** The first release of a group, and those that later merges and recalls make necessary. */
function releaseId(build: string, group: string, sequence: number): string {
  return `${build}.${group}${sequence === 0 ? '' : `-${sequence + 1}`}`;
}

const recallKey = (release: string, node: string): string => `recall:${release}:${node}`;

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

function fill<K, V>(map: Map<K, V>, entries: readonly (readonly [K, V])[]): void {
  for (const [key, value] of entries) map.set(key, value);
}

import { BuildGraph, isOperation } from '#libs/build-graph';
import {
  type CapabilityCommand,
  type CapabilityEvent,
  capabilitiesStream,
} from '#libs/capabilities/contract';
import { capabilitiesDecider, type CapabilitiesState } from '#libs/capabilities/domain';
import { adoptionSaga } from '#libs/capabilities/sagas';
import {
  type CompilationEvent,
  compilationStream,
  type CompiledRegion,
  type CompiledResource,
} from '#libs/compilation/contract';
import {
  canonicalJson,
  type CommandContext,
  type Decider,
  digestOf,
  type DomainEvent,
  isRefusal,
  type Json,
  type RecordedEvent,
  type Refusal,
  refuse,
  Refused,
  type Saga,
} from '#libs/kernel';
import { type RegionDataEvent, regionDataStream, type RegionState } from '#libs/region-data/contract';
import {
  type DesiredNode,
  operationKey,
  type RegionalCommand,
  type ReleaseCommand,
  type ReleaseContent,
  type ReleaseEvent,
  releaseStream,
} from '#libs/releases/contract';
import { releaseDecider, type ReleaseState } from '#libs/releases/domain';
import { regionalSaga } from '#libs/releases/sagas';
import {
  type BuildEvent,
  buildStream,
  type BuildVersions,
  type PlannedGraph,
  type RegionBuildCommand,
} from '../contract/index.js';
import { type BuildCommand, buildDecider, type BuildState, type Merge } from '../domain/build-decider.js';
import { doneNodes, type NodeResult } from '../domain/done-nodes.js';
import { mergedNodes } from '../domain/merged-nodes.js';
import { planRegion } from '../domain/plan-region.js';
import { regionBuildSaga } from '../sagas/region-build-saga.js';
import { compiledRegion, type FlockSpec } from './compiled.js';

/** What decides a compilation here. */
export interface RegionView {
  readonly state: RegionState;
  readonly targetAvailable: boolean;
  /** Number of the last `edit`. */
  readonly edition: number;
}

export interface PureLoopOptions {
  readonly region?: string;
  /** Null (default): the region has no ViBE. */
  readonly hostRegion?: string | null;
  readonly flocks: (view: RegionView) => readonly FlockSpec[];
  readonly state?: RegionState;
  readonly targetAvailable?: boolean;
  /** Listed at adoption, as in `all_regions[].capabilities`. */
  readonly capabilities?: readonly Json[];
  readonly seed?: number;
  /** Share of attempts that fail, by key and attempt. */
  readonly failureRate?: number;
  /** Chance of a crash before each step. */
  readonly crashRate?: number;
}

/** One effect in the world, outside the log. */
export interface Effect {
  readonly key: string;
  readonly node: string;
  readonly digest: string;
}

type Steps = Generator<void, void>;
type AnySaga = Saga<unknown, DomainEvent, unknown>;

interface Running {
  readonly steps: Steps;
  readonly saga: SagaHost;
  readonly key: string;
  readonly process: number;
}

const versions: BuildVersions = { target: { set: 'main', revision: 1 }, vibe: { set: 'main', revision: 1 } };
const maxAttempts = 5;

/**
 * The whole loop in one process, without stores, clock or framework: one log, the deciders of builds, releases and capabilities, the
 * three sagas, and the handlers as small generators that can be interrupted between any two of their steps. What happens next is
 * drawn from a seed, so a run is repeated exactly by its seed.
 */
export class PureLoop {
  readonly region: string;
  readonly events: RecordedEvent[] = [];
  readonly effects: Effect[] = [];
  readonly blobs = new Map<string, unknown>();
  readonly refusals: Refusal[] = [];
  crashes = 0;

  readonly #options: Required<Omit<PureLoopOptions, 'capabilities'>>;
  readonly #random: () => number;
  readonly #states = new Map<string, unknown>();
  readonly #revisions = new Map<string, bigint>();
  readonly #commands = new Map<string, Set<string>>();
  readonly #hosts: readonly SagaHost[];
  #running: Running[] = [];
  #process = 1;
  #commandCount = 0;
  #view: RegionView & { readonly held: boolean; readonly touched: bigint };
  #compiled = -1n;
  #lastActual = '';

  constructor(options: PureLoopOptions) {
    const { region = 'sea', state = 'none', targetAvailable = true, capabilities = [] } = options;
    this.region = region;
    this.#options = {
      hostRegion: null,
      seed: 1,
      failureRate: 0,
      crashRate: 0,
      ...options,
      region,
      state,
      targetAvailable,
    };
    this.#random = random(this.#options.seed);
    this.#view = { state, targetAvailable, edition: 0, held: false, touched: 0n };
    this.#hosts = [
      new SagaHost(regionBuildSaga, this.events, this.blobs),
      new SagaHost(regionalSaga, this.events, this.blobs),
      new SagaHost(adoptionSaga, this.events, this.blobs),
    ];
    this.#regionData({
      type: 'RegionAdded',
      data: {
        region,
        regions: { internal_name: region, public_name: region, realm: 'r' },
        all_regions: {
          name: region,
          realm: 'r',
          state,
          ViBE_region: null,
          target_available: targetAvailable,
          capabilities,
        },
      },
    });
    this.#compile();
  }

  // What tests do

  /** Region data of this region change: compiled as the next edition. */
  edit(): void {
    this.#view = { ...this.#view, edition: this.#view.edition + 1 };
    this.#regionData({ type: 'RegionEdited', data: { region: this.region, changes: [] } });
  }

  /** Region data elsewhere change that these flocks read. */
  editElsewhere(): void {
    this.#view = { ...this.#view, edition: this.#view.edition + 1 };
    this.#regionData({ type: 'RealmEdited', data: { realm: 'r', changes: [] } });
  }

  makeTargetAvailable(): void {
    this.#view = { ...this.#view, targetAvailable: true };
    this.#regionData({
      type: 'RegionEdited',
      data: {
        region: this.region,
        changes: [{ set: 'all_regions', attribute: 'target_available', from: false, to: true }],
      },
    });
  }

  /** A person's transition. */
  setState(to: RegionState): void {
    this.#changeState(to, { by: 'user' });
  }

  hold(held: boolean): void {
    const { region } = this;
    this.#view = { ...this.#view, held };
    this.#regionData(
      held
        ? { type: 'BuildHoldPlaced', data: { region, reason: 'freeze' } }
        : { type: 'BuildHoldLifted', data: { region } },
    );
  }

  autoBuild(autoBuild: boolean): void {
    this.#regionData({ type: 'RegionPolicyChanged', data: { region: this.region, policy: { autoBuild } } });
  }

  versionsCompiled(): void {
    this.#append(compilationStream, [
      {
        type: 'VersionsCompiled',
        data: {
          upTo: String(this.events.length),
          regionData: String(this.#compiled),
          flocks: 1,
          recompiled: [],
          changed: [],
          regions: [this.region],
          detail: '',
        },
      },
    ]);
  }

  open(): void {
    this.#now(this.#openBuild('asked for', this.#person()));
  }

  cancel(): void {
    this.build({ type: 'CancelBuild', reason: 'asked for' });
  }

  /** A command to the region's last build. */
  build(command: BuildCommand): void {
    this.#executeBuild(this.lastBuild!.build, command, this.#person());
  }

  release(command: ReleaseCommand): void {
    this.#executeRelease(command, this.#person());
  }

  capability(command: CapabilityCommand): void {
    this.#execute(capabilitiesStream(command.region), capabilitiesDecider, command, this.#person());
  }

  withdraw(environment: 'vibe' | 'target', name: string): void {
    this.capability({ type: 'WithdrawCapability', region: this.region, environment, name, reason: 'broken' });
  }

  publish(environment: 'vibe' | 'target', name: string, outputs = {}, region = this.region): void {
    this.capability({
      type: 'PublishCapability',
      region,
      environment,
      name,
      publisher: { kind: 'person' },
      partial: false,
      publishers: [],
      outputs,
      probeFailure: null,
    });
  }

  /** Has every node tried again that waits for a person. */
  retryFailed(): number {
    let retried = 0;
    for (const [stream, state] of this.#states) {
      if (!stream.startsWith('release-')) continue;
      const { release, nodes } = state as ReleaseState;
      for (const [node, { status }] of nodes)
        if (status === 'failed' || status === 'uncertain') {
          this.release({ type: 'RetryNode', release, node });
          retried++;
        }
    }
    return retried;
  }

  /** Every process dies and comes back: sagas restore older snapshots, attempts under way are lost, or go on as zombies. */
  crash(): void {
    this.crashes++;
    this.#process++;
    this.#running = this.#running.filter(({ key }) => key.startsWith('carry-out') && this.#random() < 0.3);
    for (const host of this.#hosts) host.crash();
  }

  /** One thing that can happen next; false where there is nothing any more. */
  step(): boolean {
    if (this.#random() < this.#options.crashRate) this.crash();
    const moves: (() => void)[] = [];
    if (this.#revisions.get(regionDataStream)! > this.#compiled) moves.push(() => this.#compile());
    for (const host of this.#hosts) {
      if (host.isBehind) moves.push(() => host.deliver());
      for (const due of host.toBegin()) moves.push(() => this.#begin(host, due.key, due.command));
      if (this.#random() < 0.05) host.save();
    }
    for (const running of this.#running) moves.push(() => this.#advance(running));
    if (moves.length === 0) return false;
    moves[Math.floor(this.#random() * moves.length)]!();
    return true;
  }

  /** Until nothing can happen any more, or `until` holds. Throws after `limit` steps. */
  run(until?: () => boolean, limit = 50_000): void {
    for (let n = 0; n < limit; n++) {
      if (until?.() === true) return;
      if (!this.step()) return;
    }
    throw new Error(`the loop does not come to rest: ${this.due().join(', ')}`);
  }

  /** Runs to the end, with a person who has failed nodes tried again. */
  finish(): void {
    do this.run();
    while (this.retryFailed() > 0);
  }

  // What tests see

  get state(): RegionState {
    return this.#view.state;
  }

  get lastBuild(): BuildState | null {
    for (let n = 1; ; n++)
      if (!this.#states.has(buildStream(`${this.region}-${n}`)))
        return n === 1 ? null : (this.#states.get(buildStream(`${this.region}-${n - 1}`)) as BuildState);
  }

  get plan(): PlannedGraph {
    return this.blobs.get(this.lastBuild!.merge!.graph) as PlannedGraph;
  }

  /** Keys that are due now. */
  due(): readonly string[] {
    return this.#hosts.flatMap((host) => host.due().map(({ key }) => key));
  }

  /** Keys of the commands that are being carried out. */
  get underWay(): readonly string[] {
    return this.#running.map(({ key }) => key);
  }

  /** Data of all events of a type, each with its place in the log. */
  of<T extends LoopEvent['type']>(type: T): readonly (DataOf<T> & { readonly at: number })[] {
    const found: unknown[] = [];
    this.events.forEach((e, at) => {
      if (e.type === type) found.push({ ...(e.data as object), at });
    });
    return found as never;
  }

  /** `flock.name` of what succeeded, in order. */
  get carriedOut(): readonly string[] {
    return this.of('OperationSucceeded').map(({ node }) => nameOf(node));
  }

  isAvailable(environment: 'vibe' | 'target', name: string, region = this.region): boolean {
    return this.#capabilities(region).get(`${environment}/${name}`)?.available === true;
  }

  /** Throws where a saga that was saved and restored would ask for something else. */
  checkSnapshots(): void {
    for (const host of this.#hosts) host.checkSnapshots();
  }

  /** Nodes of the last merged graph that are not done by what the log says. */
  get unfinished(): readonly string[] {
    const results = new Map<string, NodeResult>();
    for (const { node, digest, outputs } of this.of('OperationSucceeded'))
      results.set(node, { digest, outputs });
    const graph = BuildGraph.fromJson(this.plan.actual);
    const done = doneNodes(graph, this.plan, {
      result: (node) => results.get(node),
      capability: (id) => {
        const { region, environment, name } = graph.node(id) ?? {};
        const found =
          region === undefined ? undefined : this.#capabilities(region).get(`${environment}/${name}`);
        return found?.available ? (found.outputs as Readonly<Record<string, Json>>) : undefined;
      },
    });
    return graph.nodes
      .filter((n) => (isOperation(n) || n.kind === 'capability') && !done.has(n.id))
      .map((n) => n.id);
  }

  /** Events of each stream, for the law of sagas. */
  streams(types: readonly string[]): readonly (readonly RecordedEvent[])[] {
    const streams = new Map<string, RecordedEvent[]>();
    for (const event of this.events.filter((e) => types.includes(e.type)))
      streams.set(event.stream, [...(streams.get(event.stream) ?? []), event]);
    return [...streams.values()];
  }

  /**
   * What no run may ever do: throws on a dispatch before all that it waits for was done once at what the plan then wanted, on an
   * operation done twice at one digest, and on an effect twice.
   */
  checkSafety(options: { readonly exactlyOnce?: boolean } = {}): void {
    const done = new Set<string>();
    const everDone = new Set<string>();
    const available = new Set<string>();
    const plans: { plan: PlannedGraph; graph: BuildGraph }[] = [];
    for (const { type, data } of this.events as unknown as readonly LoopEvent[])
      switch (type) {
        case 'BuildGraphMerged': {
          const plan = this.blobs.get(data.graph) as PlannedGraph;
          plans.push({ plan, graph: BuildGraph.fromJson(plan.actual) });
          break;
        }
        case 'CapabilityBecameAvailable':
          available.add(`${data.region}/${data.environment}/${data.name}`);
          break;
        case 'OperationSucceeded': {
          const once = `${data.node}@${data.digest}`;
          if (options.exactlyOnce !== false && data.action !== 'publish' && done.has(once))
            throw new Error(`${once} was done twice`);
          done.add(once);
          everDone.add(data.node);
          break;
        }
        case 'NodeDispatched':
          // The graph that the command was made from may be an older one: one of them must have allowed it.
          if (
            !plans.some(
              ({ plan: p, graph: g }) =>
                g.has(data.node) && isReadyIn(p, g, data.node, done, everDone, available),
            )
          )
            throw new Error(`${data.node} was dispatched before what it waits for was done`);
          break;
        default:
          break;
      }
    const keys = this.effects.map(({ key }) => key);
    if (new Set(keys).size !== keys.length) throw new Error('an effect came twice');
    const effects = this.effects.map(({ node, digest }) => `${node}@${digest}`);
    if (options.exactlyOnce !== false && new Set(effects).size !== effects.length)
      throw new Error('a node took effect twice at one digest');
  }

  // Handlers

  #begin(host: SagaHost, key: string, command: unknown): void {
    host.sent(key);
    const context = this.#context(`${host.saga.name}/${key}`);
    const steps = this.#carryOut(
      command as RegionBuildCommand | RegionalCommand | CapabilityCommand,
      context,
    );
    this.#running.push({ steps, saga: host, key, process: this.#process });
  }

  #advance(running: Running): void {
    const over = () => {
      this.#running = this.#running.filter((r) => r !== running);
    };
    try {
      if (running.steps.next().done) over();
    } catch (error) {
      over();
      if (!(error instanceof Refused)) throw error;
      this.refusals.push(error.refusal);
      if (running.process === this.#process) running.saga.refused(running.key);
    }
  }

  *#carryOut(
    command: RegionBuildCommand | RegionalCommand | CapabilityCommand,
    context: CommandContext,
  ): Steps {
    switch (command.type) {
      case 'OpenRegionBuild':
        return yield* this.#openBuild(command.reason, context);
      case 'MergeRegionBuild': {
        const before = this.#buildState(command.build);
        const merge = this.#merge(
          BuildGraph.fromJson((this.blobs.get(before.merge!.graph) as PlannedGraph).actual),
        );
        yield;
        const { selection } = command;
        this.#executeBuild(
          command.build,
          { type: 'MergeGraph', merge, ...(selection === undefined ? {} : { selection }) },
          context,
        );
        return;
      }
      case 'SetRegionBuilding':
        return this.#changeState('Building', { by: 'mfo', build: command.build }, context);
      case 'ConcludeRegionBuild':
        return yield* this.#conclude(command, context);
      case 'SendNodes': {
        const { type: _, nodes, compiled, ...release } = command;
        const content: ReleaseContent = {
          nodes: nodes.map((node) => ({
            ...node,
            attributes: this.#resource(compiled, node.node).attributes,
          })),
        };
        yield;
        return this.#executeRelease(
          {
            type: 'SendRelease',
            ...release,
            content: this.#put(content),
            nodes: nodes.map((n) => n.node),
            approval: 'auto',
          },
          context,
        );
      }
      case 'DispatchReadyNode': {
        const { release, node, digest, to } = command;
        const desired = this.#put(this.#desired(command));
        yield;
        return this.#executeRelease({ type: 'DispatchNode', release, node, digest, desired, to }, context);
      }
      case 'RecallReleaseNode':
        try {
          const { release, node, reason } = command;
          return this.#executeRelease({ type: 'RecallNode', release, node, reason }, context);
        } catch (error) {
          if (error instanceof Refused && error.refusal.code === 'release/operation-started') return;
          throw error;
        }
      case 'PlanSentRelease': {
        const plan = { add: 1, change: 0, destroy: 0, none: 0 };
        const { release } = command;
        return this.#executeRelease(
          { type: 'PlanRelease', release, plan: this.#put(plan), ...plan },
          context,
        );
      }
      case 'CarryOutNode':
        return yield* this.#carryOutNode(command, context);
      default:
        this.#execute(capabilitiesStream(command.region), capabilitiesDecider, command, context);
    }
  }

  *#openBuild(reason: string, context: CommandContext): Steps {
    const { region } = this;
    const last = this.lastBuild;
    if (last && (last.status === 'open' || last.status === 'concluding')) {
      if (this.#commands.get(buildStream(last.build))!.has(context.commandId)) return;
      throw new Refused(refuse('build/active', `build ${last.build} is ${last.status}`));
    }
    const { state } = this.#view;
    if (state === 'Paused' || state === 'Deprecated')
      throw new Refused(refuse('build/illegal-state', `${region} is ${state}`));
    const merge = this.#merge(BuildGraph.empty);
    yield;
    const number = (last?.number ?? 0) + 1;
    const build = `${region}-${number}`;
    this.#executeBuild(
      build,
      {
        type: 'OpenBuild',
        build,
        region,
        number,
        kind: state === 'Production' ? 'update' : 'first',
        reason,
        hostRegion: this.#options.hostRegion,
        merge,
      },
      context,
    );
  }

  *#conclude(
    { build, covers, setsState }: Extract<RegionBuildCommand, { type: 'ConcludeRegionBuild' }>,
    context: CommandContext,
  ): Steps {
    this.#executeBuild(build, { type: 'ConcludeBuild', covers }, part(context, 'conclude'));
    yield;
    if (setsState)
      try {
        this.#changeState('Production', { by: 'mfo', build, covers }, part(context, 'production'));
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        yield;
        const reason = error.refusal.message;
        this.#executeBuild(build, { type: 'DeferConclusion', covers, reason }, part(context, 'defer'));
        return;
      }
    yield;
    this.#executeBuild(build, { type: 'CompleteBuild', covers }, part(context, 'complete'));
  }

  *#carryOutNode(
    { release, node, attempt }: Extract<RegionalCommand, { type: 'CarryOutNode' }>,
    context: CommandContext,
  ): Steps {
    const regional = `regional-${this.#process}`;
    this.#executeRelease({ type: 'GrantLease', release, regional }, part(context, `lease/${regional}`));
    const state = this.#states.get(releaseStream(release)) as ReleaseState;
    const now = state.nodes.get(node);
    if (!now || (now.status !== 'dispatched' && now.status !== 'started')) return;
    const desired = this.blobs.get(now.desired) as DesiredNode;
    const key = operationKey(release, node, now.digest);
    const { epoch } = state.lease!;
    const operation = { release, node, key, attempt, epoch };
    const action = desired.publishes ? ('publish' as const) : ('create' as const);
    const step = (name: string) => part(context, `${epoch}/${name}`);
    this.#executeRelease({ type: 'StartOperation', ...operation, action }, step('start'));
    yield;
    let outputs = desired.attributes['gives'] as Readonly<Record<string, Json>>;
    if (desired.publishes) {
      outputs = desired.attributes['outputs'] as Readonly<Record<string, Json>>;
      const { environment, name, partial, publishers } = desired.publishes;
      const { region, flock, target } = desired;
      this.#execute(
        capabilitiesStream(region),
        capabilitiesDecider,
        {
          type: 'PublishCapability',
          region,
          environment,
          name,
          partial,
          outputs,
          publishers,
          probeFailure: null,
          publisher: { kind: 'node', node, flock, target, release, through: 'worker' },
        },
        step('publish'),
      );
    } else if (random(hash(`${this.#options.seed} ${key} ${attempt}`))() < this.#options.failureRate) {
      const retry = attempt % maxAttempts === 0 ? {} : { retryAt: '2026-01-01T00:00:00.000Z' };
      this.#executeRelease({ type: 'FailOperation', ...operation, error: 'failed', ...retry }, step('fail'));
      return;
    } else if (!this.effects.some((effect) => effect.key === key))
      this.effects.push({ key, node, digest: now.digest });
    yield;
    this.#executeRelease({ type: 'SucceedOperation', ...operation, action, outputs }, step('succeed'));
  }

  #desired(command: Extract<RegionBuildCommand, { type: 'DispatchReadyNode' }>): DesiredNode {
    const resource = this.#resource(command.compiled, command.node);
    const [, environment, flock, target] = command.node.split('/') as [
      string,
      'vibe' | 'target',
      string,
      string,
    ];
    const { publishes } = resource;
    return {
      node: command.node,
      region: this.region,
      environment,
      flock,
      version: '1',
      target,
      address: resource.address,
      type: resource.type,
      executor: resource.executor,
      digest: command.digest,
      attributes: { ...resource.attributes, read: command.outputs },
      artifact: null,
      publishes: publishes ? { environment, ...publishes, publishers: command.publishers } : null,
    };
  }

  // Compilation and region data

  #compile(): void {
    const revision = this.#revisions.get(regionDataStream)!;
    const after = this.#compiled;
    const { digest } = this.#compiledRegion(this.#view);
    const touched = this.#view.touched > after;
    this.#compiled = revision;
    this.#append(compilationStream, [
      {
        type: 'RegionDataCompiled',
        data: {
          after: String(after),
          revision: String(revision),
          flocks: 1,
          recompiled: [],
          changed: [],
          regions: digest === this.#lastActual ? [] : [this.region],
          touched: touched ? [this.region] : [],
          detail: '',
        },
      },
    ]);
    this.#lastActual = digest;
  }

  #compiledRegion(view: RegionView): CompiledRegion {
    return compiledRegion(
      this.region,
      String(this.#revisions.get(regionDataStream)!),
      this.#options.flocks(view),
    );
  }

  #merge(before: BuildGraph): Merge {
    const { state, targetAvailable, held } = this.#view;
    const { hostRegion } = this.#options;
    const actual = this.#compiledRegion(this.#view);
    const hasForecast = state === 'none' || state === 'Building';
    const { plan } = planRegion({
      actual,
      forecast: hasForecast
        ? this.#compiledRegion({ ...this.#view, state: 'Building', targetAvailable: true })
        : null,
      waitsForVibe: state === 'none' && hostRegion !== null,
      surroundings: {
        hostRegion,
        isProvided: (region, environment, name) => this.isAvailable(environment, name, region),
        outputsOf: (region, environment, name) =>
          this.#capabilities(region).get(`${environment}/${name}`)?.outputs as
            Record<string, Json> | undefined,
      },
    });
    const compiled: Record<string, string> = {};
    for (const flock of actual.flocks) compiled[flock.flock] = this.#put(flock);
    return {
      regionData: actual.regionData,
      versions,
      graph: this.#put({ ...plan, compiled } satisfies PlannedGraph),
      ...mergedNodes(before, BuildGraph.fromJson(plan.actual)),
      blockedFlocks: plan.blockedFlocks,
      facts: { state, targetAvailable, held },
    };
  }

  #resource(compiled: string, node: string): CompiledResource {
    const { targets } = this.blobs.get(compiled) as CompiledRegion['flocks'][number];
    const [, environment, , target] = node.split('/');
    const found = targets
      .filter((t) => t.target.environment === environment && t.target.name === target)
      .flatMap((t) => t.resources)
      .find((r) => r.address === addressOf(node));
    if (!found) throw new Error(`${node} is not in its compiled flock`);
    return found;
  }

  #regionData(event: RegionDataEvent, context?: CommandContext): void {
    this.#append(regionDataStream, [event], context);
    if ('region' in event.data)
      this.#view = { ...this.#view, touched: this.#revisions.get(regionDataStream)! };
  }

  #changeState(
    to: RegionState,
    cause: Extract<RegionDataEvent, { type: 'RegionStateChanged' }>['data']['cause'],
    context: CommandContext = this.#person(),
  ): void {
    if (this.#isKnown(regionDataStream, context)) return;
    const from = this.#view.state;
    if (from === to) return;
    if (cause.by === 'mfo') {
      if ((to === 'Building' && from !== 'none') || (to === 'Production' && from !== 'Building'))
        throw new Refused(refuse('region/illegal-transition', `${from} to ${to}`));
      if (to === 'Production' && this.#view.touched > BigInt(cause.covers!))
        throw new Refused(refuse('region/superseded', `touched by ${this.#view.touched}`));
    }
    this.#view = { ...this.#view, state: to };
    this.#regionData({ type: 'RegionStateChanged', data: { region: this.region, from, to, cause } }, context);
  }

  // The log

  #executeBuild(build: string, command: BuildCommand, context: CommandContext): void {
    this.#execute(buildStream(build), buildDecider, command, context);
  }

  #executeRelease(command: ReleaseCommand, context: CommandContext): void {
    this.#execute(releaseStream(command.release), releaseDecider, command, context);
  }

  #execute<C, S, E extends DomainEvent>(
    stream: string,
    decider: Decider<C, S, E>,
    command: C,
    context: CommandContext,
  ): void {
    if (this.#isKnown(stream, context)) return;
    const state = (this.#states.get(stream) as S | undefined) ?? decider.initial;
    const decided = decider.decide(command, state, context);
    if (isRefusal(decided)) throw new Refused(decided);
    if (decided.length === 0) return;
    this.#append(stream, decided, context);
    this.#states.set(
      stream,
      decided.reduce((s, e) => decider.evolve(s, e), state),
    );
  }

  #append(stream: string, events: readonly DomainEvent[], context = this.#person()): void {
    const known = this.#commands.get(stream) ?? new Set();
    this.#commands.set(stream, known.add(context.commandId));
    for (const { type, data } of events) {
      const revision = (this.#revisions.get(stream) ?? -1n) + 1n;
      this.#revisions.set(stream, revision);
      this.events.push({
        id: `e${this.events.length}`,
        type,
        stream,
        revision,
        position: BigInt(this.events.length),
        recordedAt: '2026-01-01T00:00:00.000Z',
        data: JSON.parse(JSON.stringify(data)),
        salt: '',
        metadata: { ...context, dataDigest: '', hash: '', previousHash: '' },
      });
    }
  }

  #isKnown(stream: string, { commandId }: CommandContext): boolean {
    return this.#commands.get(stream)?.has(commandId) === true;
  }

  #buildState(build: string): BuildState {
    return this.#states.get(buildStream(build)) as BuildState;
  }

  #capabilities(region: string): CapabilitiesState {
    return (this.#states.get(capabilitiesStream(region)) as CapabilitiesState | undefined) ?? new Map();
  }

  #put(value: unknown): string {
    const digest = digestOf(value);
    this.blobs.set(digest, value);
    return digest;
  }

  #now(steps: Steps): void {
    while (!steps.next().done);
  }

  #person(): CommandContext {
    return this.#context(`person-${this.#commandCount++}`);
  }

  #context(commandId: string): CommandContext {
    return {
      commandId,
      actor: 'someone',
      occurredAt: '2026-01-01T00:00:00.000Z',
      correlationId: commandId,
    };
  }
}

type LoopEvent = BuildEvent | ReleaseEvent | CapabilityEvent | CompilationEvent | RegionDataEvent;

type DataOf<T extends string> = Extract<LoopEvent, { readonly type: T }>['data'];

/** One saga as its runner has it: states that lag behind the log, snapshots, and what was dispatched. */
class SagaHost {
  #states = new Map<string, unknown>();
  #position = 0;
  #snapshots: readonly { readonly position: number; readonly states: ReadonlyMap<string, string> }[] = [
    { position: 0, states: new Map() },
  ];
  #sent = new Set<string>();
  /** Length of the log when it was refused: tried again when more has happened. */
  #refused = new Map<string, number>();
  /** Nothing is dispatched before this position. */
  #goal = 0;

  constructor(
    readonly saga: AnySaga,
    private readonly log: readonly RecordedEvent[],
    private readonly blobs: ReadonlyMap<string, unknown>,
  ) {}

  get isBehind(): boolean {
    return this.#position < this.log.length;
  }

  deliver(): void {
    const event = this.log[this.#position++]!;
    const { saga } = this;
    if (!saga.types.includes(event.type)) return;
    const named = saga.partitions(event);
    const partitions = new Set(named.flatMap((p) => (p === '*' ? [...this.#states.keys()] : [p])));
    for (const partition of partitions) {
      const blobs = new Map((saga.blobs?.(event) ?? []).map((digest) => [digest, this.blobs.get(digest)]));
      const before = this.#states.has(partition) ? this.#states.get(partition) : saga.initial(partition);
      const state = saga.evolve(before, structuredClone(event), blobs);
      if (saga.isOver?.(state)) this.#states.delete(partition);
      else this.#states.set(partition, state);
    }
  }

  due(): readonly { readonly key: string; readonly command: unknown }[] {
    return [...this.#states.values()].flatMap((state) => [...this.saga.due(state)]);
  }

  toBegin(): readonly { readonly key: string; readonly command: unknown }[] {
    if (this.#position < this.#goal) return [];
    const due = this.due();
    const keys = new Set(due.map(({ key }) => key));
    if (keys.size !== due.length) throw new Error(`${this.saga.name} has a key due twice at once`);
    for (const key of this.#sent) if (!keys.has(key)) this.#sent.delete(key);
    return due.filter(({ key }) => !this.#sent.has(key) && (this.#refused.get(key) ?? -1) < this.log.length);
  }

  sent(key: string): void {
    this.#sent.add(key);
  }

  refused(key: string): void {
    this.#sent.delete(key);
    this.#refused.set(key, this.log.length);
  }

  save(): void {
    const states = new Map(
      [...this.#states].map(([partition, state]) => [partition, JSON.stringify(this.saga.snapshot(state))]),
    );
    this.#snapshots = [...this.#snapshots, { position: this.#position, states }].slice(-3);
  }

  checkSnapshots(): void {
    const asks = (state: unknown) =>
      [...this.saga.due(state)].map(({ key, command }) => canonicalJson([key, command])).sort();
    for (const state of this.#states.values()) {
      const restored = this.saga.restore(JSON.parse(JSON.stringify(this.saga.snapshot(state))));
      const [before, after] = [asks(state), asks(restored)];
      if (before.join() !== after.join())
        throw new Error(
          `restored, ${this.saga.name} asks for\n${after.join('\n')}\ninstead of\n${before.join('\n')}`,
        );
    }
  }

  /** The oldest of the last three snapshots; what was dispatched is forgotten. */
  crash(): void {
    const { position, states } = this.#snapshots[0]!;
    this.#snapshots = [{ position, states }];
    this.#position = position;
    this.#states = new Map([...states].map(([p, text]) => [p, this.saga.restore(JSON.parse(text))]));
    this.#sent = new Set();
    this.#refused = new Map();
    this.#goal = this.log.length;
  }
}

function isReadyIn(
  plan: PlannedGraph,
  graph: BuildGraph,
  node: string,
  done: ReadonlySet<string>,
  everDone: ReadonlySet<string>,
  available: ReadonlySet<string>,
): boolean {
  return graph.predecessors(node).every((id) => {
    const { kind, region, environment, name, available: given } = graph.node(id)!;
    if (kind === 'capability') return given === true || available.has(`${region}/${environment}/${name}`);
    if (!isOperation(graph.node(id)!)) return isReadyIn(plan, graph, id, done, everDone, available);
    const { digest, outputsRead } = plan.plans[id]!;
    return outputsRead.length > 0 ? everDone.has(id) : done.has(`${id}@${digest}`);
  });
}

const part = (context: CommandContext, step: string): CommandContext => ({
  ...context,
  commandId: `${context.commandId}/${step}`,
});

/** The part of a node's id that the flock config gives. */
export const addressOf = (node: string): string => node.split('/').slice(4).join('/');

/** `flock.name`, without the type of the resource. */
export const nameOf = (node: string): string =>
  `${node.split('/')[2]}.${addressOf(node).replace(/^(infrastructure_component|capability)[.]/, '')}`;

/** Mulberry32: the same numbers in [0, 1) for the same seed. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

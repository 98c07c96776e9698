import { type BlobStore } from '#libs/blob-store';
import { type CapabilityCommand } from '#libs/capabilities/contract';
import { type Aggregates } from '#libs/event-store';
import { type CommandContext, refuse, Refused } from '#libs/kernel';
import {
  type DesiredNode,
  type LeasedOperation,
  type LeasedPlan,
  type LeasedWork,
  type OperationOutcome,
  operationKey,
  type OperationReport,
  type RegionalId,
  type RegionalPlace,
  type RegionalSummary,
  type ReleaseCommand,
  type ReleaseContent,
  type ReleasePlan,
} from '../contract/index.js';
import { releaseAggregate } from '../domain/index.js';
import { countOperations, publicationOf, retryAfter } from '../worker/index.js';
import { type OpenRelease, type OpenReleases } from './open-releases.js';
import { type RegionalRegister, type RegionalRow, type RegionalRun } from './regional-register.js';

/** Who calls, and when. */
export interface RegionalCall extends RegionalRun {
  readonly actor: string;
}

/** How often a call that waits looks for leases that ran out, ms. */
const lookMs = 500;

/**
 * Central's side of leasing. A release is held by one run of one Regional at a time: the grant is an event with an epoch, and nothing of
 * an older epoch is recorded. Another run is granted a release where its holder is over, or (work for a place that the holder does not
 * serve) has nothing under way in it. Several processes may serve the same Regionals: what they share is in both stores.
 */
export class RegionalLeases {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly blobs: BlobStore,
    private readonly open: OpenReleases,
    private readonly register: RegionalRegister,
    private readonly publish: (command: CapabilityCommand, context: CommandContext) => Promise<unknown>,
    private readonly stopped: AbortSignal,
  ) {}

  async regionals(): Promise<readonly RegionalSummary[]> {
    const found = await this.register.all();
    return found.map(({ name, places, joinedAt, alive }) => ({ name, places, joinedAt, alive }));
  }

  async join(
    { actor, ...run }: RegionalCall,
    places: readonly RegionalPlace[],
  ): Promise<{ readonly termMs: number }> {
    await this.register.join(run, places, actor, new Date());
    return { termMs: this.register.termMs };
  }

  async renew(
    { actor, ...run }: RegionalCall,
    places: readonly RegionalPlace[],
  ): Promise<{ readonly termMs: number }> {
    await this.register.renew(run, places, actor, new Date());
    return { termMs: this.register.termMs };
  }

  async leave({ actor, ...run }: RegionalCall): Promise<void> {
    await this.register.leave(run, actor);
  }

  /** Waits up to `waitMs` for work; `gone`: nobody waits for the answer any more. */
  async lease(
    { actor, ...run }: RegionalCall,
    request: { readonly limit: number; readonly waitMs: number; readonly underWay: readonly string[] },
    gone: AbortSignal,
  ): Promise<LeasedWork> {
    const until = performance.now() + request.waitMs;
    const signal = AbortSignal.any([gone, this.stopped]);
    await this.open.follow(this.stopped);
    for (;;) {
      const row = await this.register.of(run, actor);
      const work = await this.#workFor(run, row, request.limit, new Set(request.underWay));
      const left = until - performance.now();
      if (work.plans.length + work.operations.length > 0 || left <= 0 || signal.aborted) return work;
      await this.open.changed(Math.min(left, lookMs), signal);
    }
  }

  async plan(
    { actor, ...run }: RegionalCall,
    { release, epoch }: Pick<LeasedPlan, 'release' | 'epoch'>,
    operations: ReleasePlan['operations'],
    correlationId?: string,
  ): Promise<void> {
    await this.register.admit(run, actor);
    const plan = await this.blobs.putJson({ release, operations } satisfies ReleasePlan);
    await this.#execute(
      { type: 'PlanRelease', release, epoch, plan, ...countOperations(operations) },
      contextOf(actor, `regional/${release}/${epoch}/plan`, correlationId),
    );
  }

  async report(
    { actor, ...run }: RegionalCall,
    operation: Omit<OperationReport, 'correlationId'>,
    outcome: OperationOutcome,
    correlationId?: string,
  ): Promise<void> {
    await this.register.admit(run, actor);
    const { release, epoch, node, key, attempt } = operation;
    const context = contextOf(
      actor,
      `regional/${release}/${epoch}/${node}/${key.slice(-16)}/${attempt}/${outcome.outcome}`,
      correlationId,
    );
    switch (outcome.outcome) {
      case 'start':
        return this.#execute({ type: 'StartOperation', ...operation, action: outcome.action }, context);
      case 'succeed': {
        const { action, outputs } = outcome;
        return this.#execute({ type: 'SucceedOperation', ...operation, action, outputs }, context);
      }
      case 'fail': {
        const after = retryAfter(attempt);
        const retryAt = after === null ? {} : { retryAt: new Date(Date.now() + after).toISOString() };
        return this.#execute(
          { type: 'FailOperation', ...operation, error: outcome.error, ...retryAt },
          context,
        );
      }
      case 'uncertain':
        return this.#execute({ type: 'ReportUncertain', release, node, key, epoch }, context);
      case 'publish': {
        const { state } = await this.aggregates.load(releaseAggregate, release);
        const now = state.nodes.get(node);
        const isHeld = state.lease?.epoch === epoch && state.lease.regional === holderOf(run);
        if (!isHeld || now?.status !== 'started' || now.attempt !== attempt)
          throw new Refused(
            refuse('release/stale-epoch', `${run.name} has no attempt ${attempt} of ${node} under way`, {
              fix: 'take the release over with a lease of your own',
            }),
          );
        const desired = (await this.blobs.getJson(now.desired)) as DesiredNode;
        await this.publish(publicationOf(desired, release, outcome.probeFailure), context);
      }
    }
  }

  async #workFor(
    run: RegionalRun,
    row: RegionalRow,
    limit: number,
    underWay: ReadonlySet<string>,
  ): Promise<LeasedWork> {
    const plans: LeasedPlan[] = [];
    const operations: LeasedOperation[] = [];
    const isWanted = ({ due, to }: OpenRelease['due'][number]): boolean =>
      !underWay.has(due.key) &&
      serves(row.places, to) &&
      (due.notBefore === undefined || Date.parse(due.notBefore) <= Date.now());
    for (const seen of this.open) {
      if (plans.length + operations.length >= limit) break;
      if (!seen.due.some(isWanted)) continue;
      const release = await this.#granted(run, seen, isWanted);
      if (release === null) continue;
      const { instance, sent } = release;
      const epoch = instance.state.lease!.epoch;
      const correlationId = instance.cause?.correlationId ?? sent.build;
      for (const { due } of release.due.filter(isWanted)) {
        if (plans.length + operations.length >= limit) break;
        const { command } = due;
        if (command.type === 'PlanSentRelease') {
          const { region, environment, flock, version, target } = sent;
          const { nodes } = (await this.blobs.getJson(sent.content)) as ReleaseContent;
          const place = { region, environment, flock, version, target };
          plans.push({ id: due.key, release: sent.release, epoch, place, nodes, correlationId });
          continue;
        }
        const node = instance.state.nodes.get(command.node)!;
        operations.push({
          id: due.key,
          release: sent.release,
          epoch,
          node: command.node,
          key: operationKey(sent.release, command.node, node.digest),
          attempt: command.attempt,
          lost: command.lost,
          action: node.action,
          desired: (await this.blobs.getJson(node.desired)) as DesiredNode,
          correlationId,
        });
      }
    }
    return { plans, operations };
  }

  /** The release as it is now, held by this run; null where it is another's, or nothing is wanted of it. */
  async #granted(
    run: RegionalRun,
    seen: OpenRelease,
    isWanted: (work: OpenRelease['due'][number]) => boolean,
  ): Promise<OpenRelease | null> {
    const { release } = seen.sent;
    const holder = holderOf(run);
    if (seen.instance.state.lease?.regional !== holder && !(await this.#mayTake(seen))) return null;
    const fresh = await this.open.read(release);
    if (!fresh?.due.some(isWanted)) return null;
    const lease = fresh.instance.state.lease;
    if (lease?.regional === holder) return fresh;
    if (!(await this.#mayTake(fresh))) return null;
    const after = lease?.epoch ?? 0;
    const commandId = `regional/${release}/${after + 1}/lease/${holder}`;
    try {
      await this.#execute(
        { type: 'GrantLease', release, regional: holder, after },
        contextOf('central', commandId, fresh.instance.cause?.correlationId),
      );
    } catch (error) {
      // Somebody else was granted it meanwhile.
      if (error instanceof Refused) return null;
      throw error;
    }
    const held = await this.open.read(release);
    return held?.instance.state.lease?.regional === holder ? held : null;
  }

  async #mayTake({ instance, due }: OpenRelease): Promise<boolean> {
    const { lease, nodes } = instance.state;
    if (lease === null) return true;
    const places = await this.register.placesOf(runOf(lease.regional));
    if (places === null) return true;
    if (due.some(({ to }) => serves(places, to))) return false;
    return [...nodes.values()].every(({ status }) => status !== 'started');
  }

  async #execute(command: ReleaseCommand, context: CommandContext): Promise<void> {
    await this.aggregates.execute(releaseAggregate, command.release, command, context);
  }
}

/** What stands in a grant: a run, not a name, so that a Regional that joins again is another holder. */
const holderOf = ({ name, session }: RegionalRun): string => `${name}@${session}`;

function runOf(holder: string): RegionalRun {
  const at = holder.lastIndexOf('@');
  return at < 0
    ? { name: holder, session: '' }
    : { name: holder.slice(0, at), session: holder.slice(at + 1) };
}

const serves = (places: readonly RegionalPlace[], { region, environment }: RegionalId): boolean =>
  places.includes('*') || places.includes(`${region}/${environment}`);

const contextOf = (actor: string, commandId: string, correlationId = commandId): CommandContext => ({
  commandId,
  actor,
  occurredAt: new Date().toISOString(),
  correlationId,
});

import { pause } from '#libs/event-store';
import { refuse, Refused, type Refusal } from '#libs/kernel';
import {
  type Central,
  type LeasedPlan,
  type LeasedWork,
  type OperationOutcome,
  type OperationReport,
  type RegionalPlace,
  type ReleasePlan,
} from '../contract/index.js';

export interface HttpCentralOptions {
  /** Of the command API. */
  readonly url: string;
  readonly token: string;
  readonly name: string;
  readonly session: string;
  /** Milliseconds for one try; default 10,000. */
  readonly deadlineMs?: number;
}

/** Pause before a call that was not answered is repeated, doubled up to the second figure; ms. */
const backoffMs = [100, 2_000] as const;

/**
 * Central over HTTP. A call that is not answered, or answered with 5xx or 429, is repeated until it is or `signal` is aborted: every one
 * is idempotent. Rejects with `Refused` where Central refuses.
 */
export class HttpCentral implements Central {
  constructor(
    private readonly options: HttpCentralOptions,
    private readonly signal: AbortSignal,
  ) {}

  join(places: readonly RegionalPlace[]): Promise<{ readonly termMs: number }> {
    return this.#call('join', { places });
  }

  renew(places: readonly RegionalPlace[]): Promise<{ readonly termMs: number }> {
    return this.#call('renew', { places });
  }

  async leave(): Promise<void> {
    await this.#call('leave', {});
  }

  lease(request: Parameters<Central['lease']>[0]): Promise<LeasedWork> {
    return this.#call('lease', request, { waitMs: request.waitMs });
  }

  async plan(
    { release, epoch, correlationId }: Pick<LeasedPlan, 'release' | 'epoch' | 'correlationId'>,
    operations: ReleasePlan['operations'],
  ): Promise<void> {
    await this.#call('plans', { release, epoch, operations }, { correlationId });
  }

  async report(
    { release, epoch, node, key, attempt, correlationId }: OperationReport,
    outcome: OperationOutcome,
  ): Promise<void> {
    await this.#call('operations', { release, epoch, node, key, attempt, ...outcome }, { correlationId });
  }

  async #call<T>(
    what: string,
    body: object,
    { waitMs = 0, correlationId }: { readonly waitMs?: number; readonly correlationId?: string } = {},
  ): Promise<T> {
    const { url, token, name, session, deadlineMs = 10_000 } = this.options;
    for (let wait: number = backoffMs[0]; ; wait = Math.min(wait * 2, backoffMs[1])) {
      this.signal.throwIfAborted();
      try {
        const response = await fetch(
          new URL(`v1/regionals/${encodeURIComponent(name)}/${what}`, url.endsWith('/') ? url : `${url}/`),
          {
            method: 'POST',
            headers: {
              authorization: `Bearer ${token}`,
              'content-type': 'application/json',
              ...(correlationId !== undefined && { 'x-correlation-id': correlationId }),
            },
            body: JSON.stringify({ session, ...body }),
            signal: AbortSignal.any([this.signal, AbortSignal.timeout(deadlineMs + waitMs)]),
          },
        );
        if (response.ok) return (await response.json()) as T;
        if (response.status < 500 && response.status !== 429) throw new Refused(await refusalOf(response));
        await response.body?.cancel();
      } catch (error) {
        if (error instanceof Refused || this.signal.aborted) throw error;
      }
      await pause(wait, this.signal);
    }
  }
}

async function refusalOf(response: Response): Promise<Refusal> {
  const problem = (await response.json().catch(() => ({}))) as {
    readonly code?: string;
    readonly detail?: string;
    readonly fix?: string;
  };
  const { code = 'central/unknown-answer', detail = `Central answered ${response.status}` } = problem;
  return refuse(code as Refusal['code'], detail, {
    fix: problem.fix ?? 'see whether the address is that of the command API',
  });
}

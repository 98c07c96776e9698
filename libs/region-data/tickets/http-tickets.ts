import { TicketSystem, type TicketStatus } from '../contract/index.js';

export interface HttpTicketsOptions {
  /** `{id}` stands for the ticket's id; answers JSON with `status`, and perhaps `title` and `url`. */
  readonly url: string;
  /** Sent as `Authorization`. */
  readonly authorization?: string;
  /** For all tickets of one question together; default 1,000. */
  readonly timeoutMs?: number;
  /** Default 30,000. */
  readonly cacheMs?: number;
}

const cacheSize = 10_000;
const atOnce = 16;

/** A ticketing system behind HTTP. What does not answer in time, or not with a status, is `unavailable`, and asked again next time. */
export class HttpTickets extends TicketSystem {
  readonly #cache = new Map<string, { readonly status: TicketStatus; readonly until: number }>();

  constructor(private readonly options: HttpTicketsOptions) {
    super();
  }

  async statusOf(ids: readonly string[]): Promise<readonly TicketStatus[]> {
    const late = AbortSignal.timeout(this.options.timeoutMs ?? 1_000);
    const queue = [...new Set(ids)];
    const found = new Map<string, TicketStatus>();
    const worker = async (): Promise<void> => {
      for (let id = queue.shift(); id !== undefined; id = queue.shift())
        found.set(id, await this.#one(id, late));
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, queue.length) }, worker));
    return ids.map((id) => found.get(id)!);
  }

  async #one(id: string, signal: AbortSignal): Promise<TicketStatus> {
    const cached = this.#cache.get(id);
    if (cached && cached.until > Date.now()) return cached.status;
    if (signal.aborted) return { id, status: 'unavailable' };
    try {
      const { url, authorization } = this.options;
      const response = await fetch(url.replaceAll('{id}', encodeURIComponent(id)), {
        signal,
        headers: { accept: 'application/json', ...(authorization && { authorization }) },
      });
      if (response.status === 404) return this.#keep({ id, status: 'unknown' });
      const body = response.ok ? ((await response.json()) as Record<string, unknown> | null) : null;
      if (typeof body?.['status'] !== 'string') return { id, status: 'unavailable' };
      const { status, title, url: link } = body;
      return this.#keep({
        id,
        status,
        ...(typeof title === 'string' && { title }),
        ...(typeof link === 'string' && /^https?:/.test(link) && { url: link }),
      });
    } catch {
      // Whatever kept it from answering, the table is shown without it.
      return { id, status: 'unavailable' };
    }
  }

  #keep(status: TicketStatus): TicketStatus {
    if (this.#cache.size >= cacheSize) this.#cache.delete(this.#cache.keys().next().value!);
    this.#cache.set(status.id, { status, until: Date.now() + (this.options.cacheMs ?? 30_000) });
    return status;
  }
}

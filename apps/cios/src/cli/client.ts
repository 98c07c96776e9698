import { refuse, Refused, type RecordedEvent } from '#libs/kernel';
import { type Installation } from './installation.js';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** What a change bears beside its body. */
export interface ChangeOptions {
  /** The same key again is answered with the first result. */
  readonly key?: string;
  readonly ticket?: string;
  readonly ifMatch?: string;
  /** What this change belongs to, for who later asks what followed from what. */
  readonly correlation?: string;
  /** Milliseconds; default 60,000. */
  readonly timeoutMs?: number;
}

/** Every command answers at least this; decimal. */
export interface Answer {
  readonly revision: string;
  readonly position: string;
}

/** An event as the public API tells it: positions and revisions are decimal strings. */
export type EventJson = Omit<RecordedEvent, 'position' | 'revision' | 'salt'> & {
  readonly position: string;
  readonly revision: string;
};

interface Problem {
  readonly code?: `${string}/${string}`;
  readonly detail?: string;
  readonly title?: string;
  readonly fix?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The public API over HTTP. A problem that it answers with is thrown as `Refused`; so is that nobody answers. */
export class Client {
  readonly url: string;
  readonly #queryUrl: string;

  constructor(private readonly installation: Installation) {
    this.url = installation.url.replace(/\/+$/, '');
    this.#queryUrl = (installation.queryUrl ?? installation.url).replace(/\/+$/, '');
  }

  get<T>(path: string, query: Query = {}, timeoutMs?: number): Promise<T> {
    return this.#ask<T>('GET', path, { query, ...(timeoutMs !== undefined && { timeoutMs }) });
  }

  /** The body as it is: a document. */
  async text(path: string, query: Query = {}): Promise<string> {
    const response = await this.#fetch(path, query, {
      headers: this.#identity(),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await response.text();
    if (!response.ok) throw refusedBy(parsed(text), response.status, `GET ${path}`);
    return text;
  }

  post<T = Answer>(path: string, body: unknown = {}, options: ChangeOptions = {}): Promise<T> {
    return this.#ask<T>('POST', path, { body, ...options });
  }

  patch<T = Answer>(path: string, body: unknown, options: ChangeOptions = {}): Promise<T> {
    return this.#ask<T>('PATCH', path, { body, ...options });
  }

  put<T = Answer>(path: string, body: unknown, options: ChangeOptions = {}): Promise<T> {
    return this.#ask<T>('PUT', path, { body, ...options });
  }

  delete<T = Answer>(path: string, body?: unknown, options: ChangeOptions = {}): Promise<T> {
    return this.#ask<T>('DELETE', path, { ...(body !== undefined && { body }), ...options });
  }

  /** Bytes as the body: an artifact. */
  upload<T = Answer>(
    method: 'POST' | 'PUT',
    path: string,
    bytes: Uint8Array,
    options: ChangeOptions & { query?: Query } = {},
  ): Promise<T> {
    return this.#ask<T>(method, path, { bytes, ...options });
  }

  /** All rows of a list, page by page. */
  async all<T>(path: string, query: Query = {}): Promise<readonly T[]> {
    const rows: T[] = [];
    let cursor: string | undefined;
    do {
      const page: { readonly items: readonly T[]; readonly next?: string | null } = await this.get(path, {
        ...query,
        limit: query['limit'] ?? 500,
        ...(cursor !== undefined && { cursor }),
      });
      rows.push(...page.items);
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    return rows;
  }

  async #ask<T>(
    method: string,
    path: string,
    {
      query = {},
      body,
      bytes,
      key,
      ticket,
      ifMatch,
      correlation,
      timeoutMs = 60_000,
    }: ChangeOptions & { query?: Query; body?: unknown; bytes?: Uint8Array },
  ): Promise<T> {
    const headers: Record<string, string> = {
      ...this.#identity(),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(bytes !== undefined && { 'content-type': 'application/octet-stream' }),
      ...(key !== undefined && { 'idempotency-key': key }),
      ...(ticket !== undefined && { 'x-change-ticket': ticket }),
      ...(correlation !== undefined && { 'x-correlation-id': correlation }),
      ...(ifMatch !== undefined && { 'if-match': ifMatch.startsWith('"') ? ifMatch : `"${ifMatch}"` }),
    };
    const response = await this.#fetch(path, query, {
      method,
      headers,
      signal: AbortSignal.timeout(timeoutMs),
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(bytes !== undefined && { body: bytes as Uint8Array<ArrayBuffer> }),
    });
    const text = await response.text().catch((error: unknown) => {
      throw this.#lost(error);
    });
    const answer = parsed(text);
    if (response.ok) return answer as T;
    throw refusedBy(answer, response.status, `${method} ${path}`);
  }

  /** The log from a position on (exclusive), live. Ends with `signal`; throws `Refused` where the connection is lost. */
  async *events(
    after: bigint | null,
    signal: AbortSignal,
    types?: readonly string[],
  ): AsyncIterable<EventJson> {
    const response = await this.#fetch('/v1/events/stream', types ? { types: types.join(',') } : {}, {
      headers: {
        ...this.#identity(),
        accept: 'text/event-stream',
        ...(after !== null && { 'last-event-id': String(after) }),
      },
      signal,
    });
    if (!response.ok || !response.body)
      throw refusedBy(parsed(await response.text()), response.status, 'GET /v1/events/stream');
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
        rest += decoder.decode(chunk, { stream: true });
        const blocks = rest.split(/\r?\n\r?\n/);
        rest = blocks.pop() ?? '';
        for (const block of blocks) {
          const event = eventIn(block);
          if (event) yield event;
        }
      }
    } catch (error) {
      if (signal.aborted) return;
      throw this.#lost(error);
    }
  }

  #identity(): Record<string, string> {
    return { authorization: `Bearer ${this.installation.token}` };
  }

  async #fetch(path: string, query: Query, init: RequestInit): Promise<Response> {
    const given = Object.entries(query).filter((entry) => entry[1] !== undefined);
    const search = given
      .map(([k, v]) => `${encodeURIComponent(k)}=${encodeURIComponent(String(v))}`)
      .join('&');
    const url = (init.method ?? 'GET') === 'GET' ? this.#queryUrl : this.url;
    try {
      return await fetch(`${url}${path}${search === '' ? '' : `?${search}`}`, init);
    } catch (error) {
      throw this.#lost(error);
    }
  }

  #lost(error: unknown): Error {
    if (error instanceof Error && error.name === 'TimeoutError')
      return new Refused(
        refuse('cli/no-answer', `${this.url} gave no answer in time; nothing is known about the outcome`, {
          fix: 'try again under the same --idempotency-key',
        }),
      );
    return new Refused(
      refuse('cli/no-installation', `nobody answers at ${this.url}`, {
        fix: 'start it with `cios up`, or name another with --data or --url',
      }),
    );
  }
}

/** A path with its parts escaped: `` path`/v1/regions/${name}` ``. */
export function path(parts: TemplateStringsArray, ...names: readonly string[]): string {
  return parts.reduce((text, part, i) => text + encodeURIComponent(names[i - 1] ?? '') + part);
}

function eventIn(block: string): EventJson | null {
  let data = '';
  for (const line of block.split(/\r?\n/)) if (line.startsWith('data:')) data += line.slice(5).trimStart();
  if (data === '') return null;
  const event = parsed(data) as Partial<EventJson> | null;
  return event?.type === undefined || event.position === undefined ? null : (event as EventJson);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function refusedBy(answer: unknown, status: number, what: string): Refused {
  const { code, detail, title, fix, details } = (answer ?? {}) as Problem;
  return new Refused(
    refuse(code ?? 'http/unexpected', detail ?? title ?? `${what} was answered with ${status}`, {
      ...(fix !== undefined && { fix }),
      ...(details && { details }),
    }),
  );
}

import { type RecordedEvent } from '#libs/kernel';
import { ChainVerifier } from '../chain.js';

/**
 * What a log that `kill-writer.ts` wrote must be, read from its first event: without gaps, its chains intact, every promised event
 * there once and at its position, no command half there. Findings are words.
 */
export class LogCheck {
  readonly #chains = new ChainVerifier();
  #half = new Map<string, number>();
  #events = 0;

  /** Events seen. */
  get events(): number {
    return this.#events;
  }

  /** `promised`: id → position; what is found is taken out of it. */
  add(event: RecordedEvent, promised: Map<string, string>): readonly string[] {
    const problems: string[] = [];
    if (Number(event.position) !== this.#events)
      problems.push(`position ${event.position} comes after ${this.#events - 1}`);
    this.#events += 1;
    const broken = this.#chains.check(event);
    if (broken) problems.push(broken.message);
    const { of } = event.data as { readonly of: number };
    const { commandId } = event.metadata;
    const left = (this.#half.get(commandId) ?? of) - 1;
    if (left === 0) this.#half.delete(commandId);
    else this.#half.set(commandId, left);
    const position = promised.get(event.id);
    if (position !== undefined && position !== String(event.position))
      problems.push(`${event.id} moved or is there twice`);
    promised.delete(event.id);
    return problems;
  }

  /** Call at the end of the log, as it is now. */
  finish(promised: ReadonlyMap<string, string>): readonly string[] {
    const half = [...this.#half.keys()].map((commandId) => `command ${commandId} is half there`);
    this.#half = new Map();
    return [...half, ...[...promised.keys()].map((id) => `acknowledged event ${id} is lost`)];
  }
}

/** `A <id> <position>` in what a writer said; a last line that was cut in two was not read by anybody. */
export function promisesIn(said: string): Map<string, string> {
  const lines = said.split('\n').slice(0, -1);
  return new Map(
    lines.flatMap((line) => {
      const [mark, id, position] = line.split(' ');
      return mark === 'A' ? [[id!, position!] as const] : [];
    }),
  );
}

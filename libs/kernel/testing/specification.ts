import { isDeepStrictEqual } from 'node:util';
import { type Decider } from '../decider.js';
import { type DomainEvent } from '../event.js';
import { type CommandContext } from '../metadata.js';
import { isRefusal, type Refusal } from '../refusal.js';

const someContext: CommandContext = {
  commandId: 'command-1',
  actor: 'someone',
  occurredAt: '2026-01-01T00:00:00.000Z',
  correlationId: 'correlation-1',
};

/**
 * Given / when / then for a decider: exact order, deep equality, extra fields fail. For test files only.
 *
 *     const region = specification(regionDecider);
 *     region.given(added).when({ type: 'PauseRegion', region: 'iad' }).then({ type: 'RegionStateChanged', data: … });
 *     region.given().when(command).refused('region/unknown');
 */
export function specification<C, S, E extends DomainEvent>(decider: Decider<C, S, E>) {
  const fold = (state: S, events: readonly E[]) => events.reduce((s, e) => decider.evolve(s, e), state);
  return {
    given(...events: readonly E[]) {
      const state = fold(decider.initial, events);
      return {
        when(command: C, context: Partial<CommandContext> = {}) {
          const outcome = decider.decide(command, state, { ...someContext, ...context });
          return {
            outcome,
            then(...expected: readonly E[]): void {
              if (isRefusal(outcome)) throw new Error(`refused with ${outcome.code}: ${outcome.message}`);
              if (!isDeepStrictEqual(plain(outcome), plain(expected)))
                throw new Error(`decided\n${show(outcome)}\nexpected\n${show(expected)}`);
            },
            thenNothing(): void {
              if (isRefusal(outcome)) throw new Error(`refused with ${outcome.code}: ${outcome.message}`);
              if (outcome.length > 0) throw new Error(`decided\n${show(outcome)}\nexpected nothing`);
            },
            refused(code: Refusal['code']): Refusal {
              if (!isRefusal(outcome)) throw new Error(`decided\n${show(outcome)}\nexpected ${code}`);
              if (outcome.code !== code) throw new Error(`refused with ${outcome.code}, expected ${code}`);
              return outcome;
            },
          };
        },
        state,
      };
    },
  };
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;
const show = (value: unknown): string => JSON.stringify(value, null, 2);

import { type HclFunction } from './functions/function.js';
import { type Reads } from './reads.js';
import { type Value } from './values/value.js';

export interface Limits {
  /** Iterations of `for`, splat and template loops, and function calls, in one evaluation. */
  readonly steps: number;
  /** Scalars and collections in a produced value, counted as a tree. */
  readonly elements: number;
  /** UTF-16 units of a produced string. */
  readonly text: number;
}

export const DEFAULT_LIMITS: Limits = { steps: 10_000_000, elements: 5_000_000, text: 16 * 1024 * 1024 };

export type Variables = ReadonlyMap<string, Value> | Readonly<Record<string, Value>>;

export interface ScopeOptions {
  readonly variables?: Variables;
  readonly functions?: ReadonlyMap<string, HclFunction>;
  readonly limits?: Partial<Limits>;
  /** Receives the paths of tracked values that evaluations in this scope read. */
  readonly reads?: Reads;
  /** As the reference tells faults: one in a loop for every element, not once, and without hints that it does not give. */
  readonly everyFault?: boolean;
  /** Gives a root variable on demand; asked before `variables`. A cheap lookup: it is called at each evaluation. */
  readonly resolve?: (name: string) => Value | undefined;
  /** Names for `resolve`, for suggestions. */
  readonly names?: () => Iterable<string>;
}

/** What an expression sees: variables, functions, limits, and who is told what was read. Children see through to parents. */
export class Scope {
  readonly variables: ReadonlyMap<string, Value>;
  readonly functions: ReadonlyMap<string, HclFunction> | undefined;
  readonly limits: Limits;
  readonly reads: Reads | undefined;
  readonly everyFault: boolean;
  /** Whether anybody declares variables at all, be it none. */
  readonly hasVariables: boolean;
  private readonly resolve: ScopeOptions['resolve'];
  private readonly resolvable: ScopeOptions['names'];

  constructor(
    options: ScopeOptions = {},
    readonly parent?: Scope,
  ) {
    const { variables } = options;
    this.variables =
      variables instanceof Map
        ? variables
        : new Map(Object.entries((variables ?? {}) as Record<string, Value>));
    this.functions = options.functions ?? parent?.functions;
    this.limits = { ...(parent?.limits ?? DEFAULT_LIMITS), ...options.limits };
    this.reads = options.reads ?? parent?.reads;
    this.everyFault = options.everyFault ?? parent?.everyFault ?? false;
    this.hasVariables =
      variables !== undefined || options.resolve !== undefined || parent?.hasVariables === true;
    this.resolve = options.resolve;
    this.resolvable = options.names;
  }

  /** A scope that sees these too, before its parent's. */
  child(options: ScopeOptions): Scope {
    return new Scope(options, this);
  }

  lookup(name: string): Value | undefined {
    return this.resolve?.(name) ?? this.variables.get(name) ?? this.parent?.lookup(name);
  }

  /** All variables that can be seen, for suggestions. */
  names(): Set<string> {
    const names = this.parent?.names() ?? new Set<string>();
    for (const name of this.variables.keys()) names.add(name);
    for (const name of this.resolvable?.() ?? []) names.add(name);
    return names;
  }
}

import { type Diagnostic } from '../../kernel/diagnostic.js';
import { type Reads } from '../reads.js';
import { type Limits, type Scope } from '../scope.js';
import { type SourceText } from '../syntax/source.js';
import { summaryOf, UNKNOWN, type Value } from '../values/value.js';

/** Thrown through an evaluation that outgrows its limits; `Expression.evaluate` makes a diagnostic of it. */
export class LimitReached extends Error {
  constructor(readonly diagnostic: Diagnostic) {
    super(diagnostic.summary);
  }
}

/** Faults after which an evaluation is given up. */
const MAX_FAULTS = 500;

/** One evaluation: what is bound, what was found wrong, how much was done. */
export class Frame {
  /** Variables of `for` and splat, by the place that the compiler gave them. */
  readonly locals: Value[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly reads: Reads | undefined;
  readonly limits: Limits;
  private steps = 0;

  constructor(
    readonly scope: Scope,
    readonly source: SourceText,
  ) {
    this.reads = scope.reads;
    this.limits = scope.limits;
  }

  error(code: string, summary: string, detail: string, subject: Place, context?: Place): Value {
    if (this.diagnostics.length >= MAX_FAULTS)
      this.exceed(
        'Too many errors',
        `This expression has more than ${MAX_FAULTS} errors, mostly one for each element of a collection. The first ones are shown.`,
        subject,
      );
    this.diagnostics.push({
      severity: 'error',
      code: `hcl/${code}`,
      summary,
      detail,
      subject: this.source.range(subject.start, subject.end),
      ...(context && { context: this.source.range(context.start, context.end) }),
    });
    return UNKNOWN;
  }

  /** Counts work that is about to be done. */
  step(place: Place, count = 1): void {
    this.steps += count;
    if (this.steps > this.limits.steps)
      this.exceed(
        'Too many evaluation steps',
        `This expression takes more than ${this.limits.steps} iterations and function calls. Nested loops multiply: narrow the collections down first.`,
        place,
      );
  }

  /** The value, unless it is too large. */
  sized<V extends Value>(value: V, place: Place): V {
    if (typeof value === 'string') {
      if (value.length > this.limits.text)
        this.exceed(
          'Result too long',
          `This expression produces a string of more than ${this.limits.text} characters.`,
          place,
        );
    } else if (summaryOf(value).weight > this.limits.elements)
      this.exceed(
        'Result too large',
        `This expression produces a value of more than ${this.limits.elements} elements, counted with all that is nested within.`,
        place,
      );
    return value;
  }

  private exceed(summary: string, detail: string, place: Place): never {
    throw new LimitReached({
      severity: 'error',
      code: 'hcl/limit',
      summary,
      detail,
      subject: this.source.range(place.start, place.end),
    });
  }
}

export interface Place {
  readonly start: number;
  readonly end: number;
}

/** A compiled expression. Faults go to the frame's diagnostics; the value is then unknown in their place. */
export type Evaluator = (frame: Frame) => Value;

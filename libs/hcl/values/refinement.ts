import { type NumberValue } from './value.js';

/** What is known about an unknown value. Absent fields say nothing. A value may be anything that fits. */
export interface Refinement {
  readonly notNull?: boolean;
  /** Strings: the value starts with this. */
  readonly prefix?: string;
  readonly lower?: NumberBound;
  readonly upper?: NumberBound;
  /** Collections: length, inclusive. */
  readonly minLength?: number;
  readonly maxLength?: number;
}

export interface NumberBound {
  readonly value: NumberValue;
  readonly inclusive: boolean;
}

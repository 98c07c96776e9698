import { type Json, type SourceRange } from '#libs/kernel';
import { isNull, isUnknown, unmarkDeep } from '#libs/hcl';
import { encode } from './encode.js';
import { notKnown, type Evaluation, type Instance } from './evaluation.js';

/** Reads attributes that must be known at compile time, as plain data; complains where they are not what the schema says. */
export class AttributeReader {
  constructor(
    private readonly evaluation: Evaluation,
    private readonly instance: Instance,
  ) {}

  /** Null where the attribute is absent or null and not required, or failed. */
  string(name: string): string | null {
    const value = this.known(name);
    if (value === null) return null;
    if (typeof value === 'string') return this.oneOf(name, value);
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    return this.unsuitable(name, 'a string');
  }

  bool(name: string): boolean {
    const value = this.known(name);
    if (typeof value === 'boolean') return value;
    if (value === 'true' || value === 'false') return value === 'true';
    if (value !== null) this.unsuitable(name, 'true or false');
    return false;
  }

  strings(name: string): readonly string[] {
    const value = this.known(name);
    if (value === null) return [];
    if (typeof value === 'string') return [value];
    if (Array.isArray(value) && value.every((v): v is string => typeof v === 'string')) return value;
    this.unsuitable(name, 'a list of strings');
    return [];
  }

  range(name: string): SourceRange {
    return this.instance.block.attributes.get(name)?.expression.range ?? this.instance.block.range;
  }

  private known(name: string): Json {
    const [value, marks] = unmarkDeep(this.evaluation.attribute(this.instance, name));
    const what = `${name} of ${this.instance.address}`;
    if (this.evaluation.refusesSensitive(marks, what, this.range(name))) return null;
    const required = this.instance.block.spec.attributes[name]?.required === true;
    if (isUnknown(value) || (isNull(value) && required)) {
      if (isNull(value) || !this.evaluation.hasFailed())
        this.evaluation.complain(notKnown(what, this.range(name), isNull(value)));
      return null;
    }
    const { json, unknown } = encode(value, this.evaluation.reads);
    if (!unknown) return json;
    this.evaluation.complain(notKnown(what, this.range(name), false));
    return null;
  }

  private oneOf(name: string, value: string): string | null {
    const allowed = this.instance.block.spec.attributes[name]?.oneOf;
    if (allowed === undefined || allowed.includes(value)) return value;
    return this.unsuitable(name, allowed.map((a) => JSON.stringify(a)).join(' or '), value);
  }

  private unsuitable(name: string, wanted: string, value?: string): null {
    this.evaluation.complain({
      severity: 'error',
      code: 'flock/invalid-value',
      summary: 'Unsuitable value',
      detail: `${name} of ${this.instance.address} must be ${wanted}${value === undefined ? '' : `, not ${JSON.stringify(value)}`}.`,
      subject: this.range(name),
    });
    return null;
  }
}

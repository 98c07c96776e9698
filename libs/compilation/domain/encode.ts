import { type Json } from '#libs/kernel';
import { toDouble, toJson, type Reads, type Value } from '#libs/hcl';
import { outputSource, secretOf, secretPlaceholder, type OutputSource } from './output-marks.js';

export interface Encoded {
  /** What is not known yet stands as `{ "$unknown": [sources] }`, a secret as `{ "$secret": name }`. */
  readonly json: Json;
  readonly outputs: readonly OutputSource[];
  readonly unknown: boolean;
  /** A secret that was changed or put into other text, where nobody could replace it. */
  readonly spoiledSecret: string | undefined;
  /** A number is infinite, or too large for a double; null stands for it. */
  readonly outOfRange: boolean;
}

/** A value that reaches the output: whatever injected scalars it holds count as read. O(size). */
export function encode(value: Value, reads: Reads): Encoded {
  if (typeof value !== 'object')
    return { json: value, outputs: [], unknown: false, spoiledSecret: undefined, outOfRange: false };
  reads.markOutput(value);
  const outputs = new Map<string, OutputSource>();
  let unknown = false;
  let spoiledSecret: string | undefined;
  let outOfRange = false;
  let around: readonly string[] = [];
  const unknownNow = (): Json => {
    unknown = true;
    return {
      $unknown: [
        ...new Set(around.map(outputSource).flatMap((s) => (s ? [`${s.from}.${s.path}`] : []))),
      ].sort(),
    };
  };
  const json = toJson(value, {
    unknown: unknownNow,
    number(large) {
      const double = toDouble(large);
      if (Number.isFinite(double)) return double;
      outOfRange = true;
      return null;
    },
    marked(marked, content) {
      const outer = around;
      around = [...outer, ...marked.marks];
      for (const mark of marked.marks) {
        const source = outputSource(mark);
        if (source) outputs.set(mark, source);
      }
      let result = content();
      for (const mark of marked.marks) {
        const secret = secretOf(mark);
        if (secret === undefined) continue;
        if (result === secretPlaceholder(secret)) result = { $secret: secret };
        else spoiledSecret = secret;
      }
      around = outer;
      return result;
    },
  }) as Json;
  return { json, outputs: [...outputs.values()], unknown, spoiledSecret, outOfRange };
}

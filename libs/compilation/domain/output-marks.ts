/**
 * Values that are known only after a run carry a mark that names their source; the evaluator carries marks along with whatever
 * is computed from them, and so each attribute knows which outputs it waits for.
 */
const prefix = 'output\0';

export interface OutputSource {
  /** Resource address, or `capability:<name>`. */
  readonly from: string;
  /** `id`, `outputs`, `outputs.ip` */
  readonly path: string;
}

export function outputMark(source: OutputSource): string {
  return `${prefix}${source.from}\0${source.path}`;
}

export function outputSource(mark: string): OutputSource | undefined {
  if (!mark.startsWith(prefix)) return undefined;
  const at = mark.indexOf('\0', prefix.length);
  return { from: mark.slice(prefix.length, at), path: mark.slice(at + 1) };
}

/** Secrets are placeholders that only Regional replaces; a config hands them on whole. */
const secretPrefix = 'secret\0';

export const secretMark = (name: string): string => `${secretPrefix}${name}`;
export const secretPlaceholder = (name: string): string => `${secretPrefix}${name}\0`;
export const secretOf = (mark: string): string | undefined =>
  mark.startsWith(secretPrefix) ? mark.slice(secretPrefix.length) : undefined;

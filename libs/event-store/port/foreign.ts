/**
 * Streams that others keep in this store through the gateway stand under this prefix. Readers of the port do not see them unless
 * they ask (`foreign: true`), so that no fold, no chain and no seal rests on them.
 */
export const FOREIGN = 'foreign/';

export function isForeign(stream: string): boolean {
  return stream.startsWith(FOREIGN);
}

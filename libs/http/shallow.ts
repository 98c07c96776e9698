import { Readable } from 'node:stream';
import { refuse, Refused } from '#libs/kernel';

/** Levels of lists and objects in a body: fewer than a region-data document may have, which an export of the same data is. */
const deepest = 100;

/** Refuses a JSON body deeper than what checks it by recursion bears. O(size). */
export function mustBeShallow(body: unknown): void {
  if (body instanceof Readable || !isDeeper(body, deepest)) return;
  throw new Refused(
    refuse('request/invalid', `the body is nested deeper than ${deepest} levels`, { fix: 'send it flatter' }),
  );
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1));
}

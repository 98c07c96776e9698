import { type CompiledResource } from '../contract/index.js';
import { type ParsedFlock } from './parsed-flock.js';

/** What each address was compiled to last, in whatever region. */
const last = new WeakMap<ParsedFlock, Map<string, CompiledResource>>();

/**
 * The resource, with the very parts that the last one of its address has where these are equal; that one itself where all are.
 * Most of a resource is the same in all regions, and results of many are kept. O(size without attributes).
 */
export function shareResource(flock: ParsedFlock, resource: CompiledResource): CompiledResource {
  let known = last.get(flock);
  if (known === undefined) last.set(flock, (known = new Map<string, CompiledResource>()));
  const former = known.get(resource.address);
  const shared = former === undefined ? resource : sharedWith(former, resource);
  known.set(resource.address, shared);
  return shared;
}

function sharedWith(former: CompiledResource, resource: CompiledResource): CompiledResource {
  const shared: { -readonly [name in keyof CompiledResource]: unknown } = { ...resource };
  let isSame = true;
  for (const name of Object.keys(resource) as (keyof CompiledResource)[]) {
    // Equal digests mean equal attributes.
    const isEqual =
      name === 'attributes' ? resource.digest === former.digest : equal(resource[name], former[name]);
    if (isEqual) shared[name] = former[name];
    else isSame = false;
  }
  return isSame ? former : (shared as CompiledResource);
}

/** Of plain data. */
function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    Array.isArray(a) === Array.isArray(b) &&
    keys.every((key) => Object.hasOwn(b, key) && equal(a[key as keyof object], b[key as keyof object]))
  );
}

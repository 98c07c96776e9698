import { hasErrors } from '#libs/kernel';
import { type CompiledResources, type CompiledTargets } from '../contract/index.js';
import { resourcesDigest } from './compile-resources.js';
import { targetsDigest } from './compile-targets.js';

/**
 * What stands when a flock has errors: its last good result, with the errors of now and what was read now, so that the change
 * that mends it is noticed. Without a good one: what could be compiled.
 */
export function keepTargets(now: CompiledTargets, good: CompiledTargets | null): CompiledTargets {
  if (good === null || !hasErrors(now.diagnostics)) return now;
  const kept = { ...good, diagnostics: now.diagnostics };
  const { reads: _reads, digest: _digest, ...said } = kept;
  return { ...kept, reads: now.reads, digest: targetsDigest(said) };
}

export function keepResources(now: CompiledResources, good: CompiledResources | null): CompiledResources {
  if (good === null || !hasErrors(now.diagnostics)) return now;
  const kept = { ...good, diagnostics: now.diagnostics };
  const { reads: _reads, digest: _digest, ...said } = kept;
  return { ...kept, reads: now.reads, digest: resourcesDigest(said) };
}

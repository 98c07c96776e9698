import { refuse, type Refusal } from '#libs/kernel';

const pattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** Names of flocks, artifacts, versions and sets stand in stream names and paths: no slash, no space, at most 128 characters. */
export function refuseName(
  kind: 'flock' | 'artifact' | 'version' | 'version-set',
  name: string,
): Refusal | null {
  if (pattern.test(name)) return null;
  return refuse(`${kind}/invalid-name`, `${JSON.stringify(name)} cannot name a ${kind.replace('-', ' ')}`, {
    fix: 'Use letters, digits, ".", "_" and "-", beginning with a letter or digit, at most 128 characters.',
    details: { name },
  });
}

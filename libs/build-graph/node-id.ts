/** `/` separates the parts of an id, so it is escaped in all but the last one. */
const part = (text: string): string => text.replace(/%/g, '%25').replace(/\//g, '%2F');

/** `region/environment/flock/target/address`: identity of a resource instance (ARCHITECTURE, "Identity"). */
export function resourceId(of: {
  readonly region: string;
  readonly environment: string;
  readonly flock: string;
  readonly target: string;
  readonly address: string;
}): string {
  return `${part(of.region)}/${part(of.environment)}/${part(of.flock)}/${part(of.target)}/${of.address}`;
}

/** Ends in the capability's name as written. */
export function capabilityId(of: {
  readonly region: string;
  readonly environment: string;
  readonly name: string;
}): string {
  return `capability:${part(of.region)}/${part(of.environment)}/${of.name}`;
}

/** A phase of one flock; with an empty flock, one that flocks share. */
export function phaseId(of: {
  readonly region: string;
  readonly environment: string;
  readonly flock: string;
  readonly name: string;
}): string {
  return `phase:${part(of.region)}/${part(of.environment)}/${part(of.flock)}/${of.name}`;
}

export function targetId(of: {
  readonly region: string;
  readonly environment: string;
  readonly flock: string;
  readonly target: string;
}): string {
  return `target:${part(of.region)}/${part(of.environment)}/${part(of.flock)}/${of.target}`;
}

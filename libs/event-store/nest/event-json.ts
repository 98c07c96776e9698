import { type RecordedEvent } from '#libs/kernel';

/** An event as the public API tells it; the salt stays inside. */
export function toJson({ salt: _, position, revision, ...event }: RecordedEvent) {
  return { ...event, position: String(position), revision: String(revision) };
}

import { type RecordedEvent } from '#libs/kernel';

/** A place in the log: after the event at a position, or after the last one recorded at or before a time (ms since 1970). */
export type LogPoint = { readonly position: bigint } | { readonly time: number };

/** A position in decimal, or an ISO 8601 time; null where the text is neither. */
export function logPoint(text: string): LogPoint | null {
  if (/^-?\d+$/.test(text)) return { position: BigInt(text) };
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return null;
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : { time };
}

/** Whether an event lies at or before the point. */
export function isUpTo(event: RecordedEvent, point: LogPoint | null): boolean {
  if (point === null) return true;
  if ('position' in point) return event.position <= point.position;
  return Date.parse(event.recordedAt) <= point.time;
}

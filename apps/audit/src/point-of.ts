import { logPoint, type LogPoint } from '#libs/audit';
import { refuse, Refused } from '#libs/kernel';

/** The point of the log that an option names; null where it was left out. */
export function pointOf(option: string, text: string | undefined): LogPoint | null {
  if (text === undefined) return null;
  const point = logPoint(text);
  if (point) return point;
  throw new Refused(
    refuse('audit/invalid-point', `${option} ${text} is neither a position nor a time`, {
      fix: 'write a position (1234) or a time (2026-01-31T12:00:00Z)',
    }),
  );
}

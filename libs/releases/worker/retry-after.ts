/** Attempts of one operation before a person is asked, and again after that person has it tried again. */
const maxAttempts = 5;

/** Milliseconds from a failed attempt (from 1) to the next, exponential up to 30 s; null: a person decides. */
export function retryAfter(attempt: number): number | null {
  const number = attempt % maxAttempts;
  return number === 0 ? null : Math.min(30_000, 125 * 2 ** number);
}

/** What runners do with a fault where nobody else listens. */
export function reportError(error: unknown, where: string): void {
  console.error(`${where}:`, error);
}

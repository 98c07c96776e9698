interface BlockedNode {
  readonly node: string;
  readonly waitsFor: readonly string[];
}

/** What blocked nodes wait for in the end, with how many name it; the most frequent first. */
export function causesOf(
  blocked: readonly BlockedNode[],
): readonly (readonly [cause: string, nodes: number])[] {
  const names = new Set(blocked.map(({ node }) => node));
  const causes = new Map<string, number>();
  for (const { waitsFor } of blocked)
    for (const cause of waitsFor) if (!names.has(cause)) causes.set(cause, (causes.get(cause) ?? 0) + 1);
  return [...causes].sort(([, a], [, b]) => b - a);
}

const GATES: Readonly<Record<string, string>> = {
  'gate:target_available': 'the target region to be reachable (target_available)',
  'gate:connections': 'connections to the target region',
  'gate:hardware': 'hardware in the target region',
};

export const causeText = (cause: string): string => GATES[cause] ?? cause;

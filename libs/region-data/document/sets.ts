export const sets = [
  'realms',
  'regions',
  'all_regions',
  'vibes',
  'availability_domains',
  'execution_targets',
] as const;
export type SetName = (typeof sets)[number];

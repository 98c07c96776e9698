/** Every event type that flocks write. */
export const flockEventTypes = ['FlockVersionPublished', 'ArtifactVersionPublished'] as const;
export const versionSetEventTypes = ['VersionSetRevised'] as const;
export const versionSelectionEventTypes = [
  'GoldenMoved',
  'VibeSetMoved',
  'FlockPinned',
  'FlockUnpinned',
] as const;
export const eventTypes: readonly string[] = [
  ...flockEventTypes,
  ...versionSetEventTypes,
  ...versionSelectionEventTypes,
];

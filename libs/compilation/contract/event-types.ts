/** Every event type that compilation writes. */
export const eventTypes = ['RegionDataCompiled', 'VersionsCompiled'] as const;

export const flockStream = (flock: string): string => `flock-${flock}`;
/** `id` is `<flock>/<artifact>`. */
export const artifactStream = (id: string): string => `artifact-${id}`;
export const versionSetStream = (set: string): string => `version-set-${set}`;
export const versionSelectionStream = 'version-selection';

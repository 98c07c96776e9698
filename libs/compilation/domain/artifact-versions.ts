/** Version and digest of an artifact of the flock, as the version set has it; null where it names none. */
export type ArtifactVersions = (artifact: string) => { readonly version: string; readonly digest: string } | null;

/** Injects the `InstallationSettings` of this process. */
export const INSTALLATION = Symbol('installation');

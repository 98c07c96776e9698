/** Streams of which CIOS has one each. */
const NAMES: ReadonlySet<string> = new Set([
  'access',
  'compilation',
  'log-redactions',
  'log-seals',
  'notification-subscriptions',
  'region-data',
  'version-selection',
]);

/** How the names of CIOS's other streams begin; their `streamOf` append an id. */
const PREFIXES: readonly string[] = [
  'artifact-',
  'baseline-',
  'build-',
  'capabilities-',
  'flock-',
  'owner-notice-',
  'region-data-import-',
  'release-',
  'version-set-',
];

/** True for a name that CIOS gives to streams, written already or not: nobody else may take it. */
export function isOwnName(name: string): boolean {
  return NAMES.has(name) || PREFIXES.some((prefix) => name.startsWith(prefix));
}

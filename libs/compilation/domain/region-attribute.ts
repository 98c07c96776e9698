import { type Diagnostic, type SourceRange } from '#libs/kernel';
import { isNull, isUnknown, marksOf, Origin, unmark, type Value } from '#libs/hcl';
import { type Evaluation } from './evaluation.js';
import { type Fleet, type FleetRegion } from './fleet.js';
import { didYouMean } from './schema/index.js';

/**
 * The region that a `region` attribute means: a name, an internal name, or an entry of region data, of which only the name
 * counts as read. Null where it is absent or was complained about.
 */
export function regionOf(
  value: Value,
  range: SourceRange,
  fleet: Fleet,
  evaluation: Evaluation,
): FleetRegion | null {
  if (evaluation.refusesSensitive(marksOf(value), 'region', range)) return null;
  const plain = unmark(value);
  if (isNull(plain)) return null;
  let name: unknown = plain;
  if (typeof plain === 'object' && 'kind' in plain && plain.kind === 'object') {
    const key = ['internal_name', 'name', 'public_name'].find((k) => typeof plain.get(k) === 'string');
    if (key !== undefined) {
      evaluation.reads.markOutput(plain, [key]);
      name = plain.get(key);
    }
  }
  if (typeof name !== 'string') {
    if (!evaluation.hasFailed()) evaluation.complain(isUnknown(plain) ? tooLate(range) : noRegion(range));
    return null;
  }
  // A text may be made up: whether it is a name of a region is read here.
  if (name === plain) for (const origin of names) evaluation.reads.add(origin);
  const region = fleet.regions.get(name);
  if (region === undefined) {
    evaluation.complain({
      severity: 'error',
      code: 'flock/unknown-region',
      summary: 'Unknown region',
      detail: `Region data has no region "${name}".${didYouMean(name, fleet.regions.keys())}`,
      subject: range,
    });
    return null;
  }
  return region;
}

const names = ['local.all_regions', 'local.all_regions[*].name'].map((path) => new Origin(path));

/** ST-13: what names such a region in so many words has to be mended by its owner. */
export function deprecatedRegion(name: string, range: SourceRange): Diagnostic {
  return {
    severity: 'error',
    code: 'deprecated-region',
    summary: 'Deprecated region',
    detail: `Region "${name}" is deprecated and no longer supported by CIOS Central. The flock keeps its last good result until the reference is removed.`,
    subject: range,
  };
}

/** FL-01: it works, but the config has to be edited for every region. */
export function hardCodedRegion(name: string, range: SourceRange): Diagnostic {
  return {
    severity: 'warning',
    code: 'hard-coded-region',
    summary: 'Hard-coded region',
    detail: `Region "${name}" is named literally, so that this config has to be edited by hand for other regions. Select regions by their attributes: [for r in local.all_regions : r if r.state == "Building"].`,
    subject: range,
  };
}

const tooLate = (range: SourceRange): Diagnostic => ({
  severity: 'error',
  code: 'flock/not-known-at-compile-time',
  summary: 'Known too late',
  detail: 'A region must be known at compile time.',
  subject: range,
});

const noRegion = (range: SourceRange): Diagnostic => ({
  severity: 'error',
  code: 'flock/invalid-value',
  summary: 'Unsuitable value',
  detail: 'region must be the name of a region, or an entry of local.all_regions or local.regions.',
  subject: range,
});

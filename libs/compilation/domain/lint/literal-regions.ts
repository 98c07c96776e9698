import { nativeParts, type NativeExpression } from '#libs/hcl';
import { type ParsedFlock } from '../parsed-flock.js';
import { type LintFinding } from './lint-finding.js';

export const selectByAttributes =
  'Select regions by their attributes: [for r in local.all_regions : r if r.state == "Building"].';

/** `us-seattle-1`: the form that public names of regions have. */
const regionLike = /^[a-z]{2,}(?:-[a-z]+)+-\d+$/;

/**
 * Regions named literally, as far as the text alone tells: in a `region` attribute, or of a region's usual form. With region data
 * at hand compilation knows better.
 */
export function literalRegions({ blocks, writtenNames }: ParsedFlock): readonly LintFinding[] {
  const written = new Set(
    [...blocks.values()].flatMap((block) =>
      [...block.attributes.values()].flatMap(({ name, expression }) =>
        block.spec.attributes[name]?.type === 'region' && expression.asLiteral() !== undefined
          ? nativeParts(expression).map(placeOf)
          : [],
      ),
    ),
  );
  return writtenNames
    .filter((name) => written.has(placeOf(name)) || regionLike.test(name.text))
    .map(({ text, range }) => ({
      severity: 'warning',
      code: 'hard-coded-region',
      summary: 'Hard-coded region',
      detail: `"${text}" ${written.has(placeOf({ range })) ? 'names a region' : 'looks like the name of a region'} literally, so that this config has to be edited by hand for other regions. ${selectByAttributes}`,
      subject: range,
      fix: selectByAttributes,
    }));
}

const placeOf = ({ range }: Pick<NativeExpression, 'range'>): string =>
  `${range.filename}:${range.start.byte}`;

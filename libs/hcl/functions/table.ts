import { CAN, TRY } from '../evaluation/lazy-functions.js';
import { length } from './collection/length.js';
import { mappingFunctions } from './collection/mapping.js';
import { reductionFunctions } from './collection/reduction.js';
import { sequenceFunctions } from './collection/sequence.js';
import { setFunctions } from './collection/sets.js';
import { assumeFunctions } from './conversion/assume.js';
import { sensitiveFunctions } from './conversion/sensitive.js';
import { conversionFunctions } from './conversion/to-type.js';
import { digestFunctions } from './digest/digests.js';
import { rsadecrypt } from './digest/rsadecrypt.js';
import { uuidv5 } from './digest/uuidv5.js';
import { base64Functions } from './encoding/base64.js';
import { csvdecode } from './encoding/csv.js';
import { jsonFunctions } from './encoding/json.js';
import { textBase64Functions } from './encoding/text-base64.js';
import { urlFunctions } from './encoding/url.js';
import { yamlFunctions } from './encoding/yaml.js';
import { fileFunctions } from './files/files.js';
import { type FlockFiles } from './files/flock-files.js';
import { pathFunctions } from './files/paths.js';
import { type HclFunction } from './function.js';
import { type HostFunctions } from './host-functions.js';
import { cidrFunctions } from './network/cidr.js';
import { extremeFunctions } from './numeric/extremes.js';
import { logarithmFunctions } from './numeric/logarithm.js';
import { parseint } from './numeric/parseint.js';
import { roundingFunctions } from './numeric/rounding.js';
import { signFunctions } from './numeric/sign.js';
import { refusedFunctions } from './refused.js';
import { CONVERT } from '../types/convert-function.js';
import { templatestring } from './template/templatestring.js';
import { caseFunctions } from './text/case.js';
import { containsFunctions } from './text/contains.js';
import { formatFunctions } from './text/format.js';
import { joinFunctions } from './text/join.js';
import { regexFunctions } from './text/regex.js';
import { substrFunctions } from './text/substr.js';
import { trimFunctions } from './text/trim.js';
import { timeFunctions } from './time/arithmetic.js';
import { formatdate } from './time/formatdate.js';

export interface FunctionOptions {
  /** What `file`, `templatefile`, `fileset` and their like can read; nothing by default. */
  readonly files?: FlockFiles;
}

/**
 * The functions of OpenTofu's language under their names, and again as `core::name`. Those that depend on clock, chance or
 * place are there to refuse with an explanation. Build once and share: O(number of functions).
 */
export function standardFunctions(
  host: HostFunctions,
  { files = new Map() }: FunctionOptions = {},
): ReadonlyMap<string, HclFunction> {
  const table = new Map<string, HclFunction>();
  const self = (): ReadonlyMap<string, HclFunction> => table;
  const all: readonly HclFunction[] = [
    ...roundingFunctions,
    ...logarithmFunctions,
    ...signFunctions,
    ...extremeFunctions,
    parseint,
    ...caseFunctions,
    ...trimFunctions,
    ...joinFunctions,
    ...containsFunctions,
    ...substrFunctions,
    ...regexFunctions,
    ...formatFunctions,
    length,
    ...sequenceFunctions,
    ...mappingFunctions,
    ...setFunctions,
    ...reductionFunctions,
    ...jsonFunctions,
    ...yamlFunctions,
    csvdecode,
    ...base64Functions(host),
    ...textBase64Functions,
    ...urlFunctions,
    formatdate,
    ...timeFunctions,
    ...digestFunctions(host),
    uuidv5(host),
    rsadecrypt(host),
    ...cidrFunctions,
    ...conversionFunctions,
    ...sensitiveFunctions,
    ...assumeFunctions,
    TRY,
    CONVERT,
    CAN,
    ...pathFunctions,
    ...fileFunctions(files, host, self),
    templatestring(self),
    ...refusedFunctions,
  ];
  for (const fn of all) table.set(fn.name, fn);
  for (const fn of all) table.set(`core::${fn.name}`, fn);
  return table;
}

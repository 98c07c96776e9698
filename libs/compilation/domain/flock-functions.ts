import { configSyntax, SENSITIVE, STRING, withMarks, type HclFunction } from '#libs/hcl';
import { standardFunctions } from '#libs/hcl/functions';
import { nodeFunctions } from '#libs/hcl/host';
import { secretMark, secretPlaceholder } from './output-marks.js';

/** `secret("name")`: a reference that only Regional resolves. */
const secret: HclFunction = {
  name: 'secret',
  description: 'A secret by its name; it compiles to a reference that only Regional resolves.',
  params: [{ name: 'name', type: STRING }],
  returnType: STRING,
  call: ([name]) =>
    withMarks(secretPlaceholder(name as string), new Set([SENSITIVE, secretMark(name as string)])),
};

const withoutFiles = new Map([...standardFunctions(nodeFunctions), [secret.name, secret]]);

/**
 * The functions that a flock's configs can call: the language's own, and `secret`. All pure, because compilation is; `file` and
 * its like see the flock's own files beside the configs.
 */
export function flockFunctions(files: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, HclFunction> {
  if ([...files.keys()].every((path) => configSyntax(path) !== undefined)) return withoutFiles;
  return new Map([...standardFunctions(nodeFunctions, { files }), [secret.name, secret]]);
}

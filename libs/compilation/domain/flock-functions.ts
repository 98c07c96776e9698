import { SENSITIVE, STRING, withMarks, type HclFunction } from "#libs/hcl";
import { length } from "../../hcl/functions/collection/length.js";
const standardFunctions = new Map<string, HclFunction>([["length", length]]);
import { secretMark, secretPlaceholder } from './output-marks.js';

/** `secret("name")`: a reference that only Regional resolves. */
const secret: HclFunction = {
  name: 'secret',
  description: 'A secret by its name; it compiles to a reference that only Regional resolves.',
  params: [{ name: 'name', type: STRING }],
  returnType: STRING,
  call: ([name]) => withMarks(secretPlaceholder(name as string), new Set([SENSITIVE, secretMark(name as string)])),
};

/** The functions that flock configs can call: the language's own, and `secret`. All pure: compilation is. */
export const flockFunctions: ReadonlyMap<string, HclFunction> = new Map([...standardFunctions, [secret.name, secret]]);

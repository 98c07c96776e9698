import { DYNAMIC } from '../values/type.js';
import { ANYTHING, parameter } from './argument.js';
import { FunctionError, type StrictFunction } from './function.js';

const refused = (name: string, description: string, message: string): StrictFunction => ({
  name,
  description,
  params: [],
  varParam: parameter('vals', DYNAMIC, ANYTHING),
  returnType: () => {
    throw new FunctionError(message);
  },
  call: () => {
    throw new FunctionError(message);
  },
});

const impure = (name: string, what: string, instead: string): StrictFunction =>
  refused(
    name,
    `Not available: ${what}.`,
    `${name} is not available, because ${what}, and compiling the same config must always give the same result; ${instead}`,
  );

/** Functions of OpenTofu that exist here only to say why they cannot be called, and what to do instead. */
export const refusedFunctions: readonly StrictFunction[] = [
  impure(
    'timestamp',
    'its result depends on the clock',
    'write the time down, or keep it as an attribute of the region data',
  ),
  impure(
    'plantimestamp',
    'its result depends on the clock',
    'write the time down, or keep it as an attribute of the region data',
  ),
  impure('uuid', 'its result is random', 'use uuidv5, which makes a UUID from a namespace and a name'),
  impure('bcrypt', 'its result is random', 'compute the digest once, outside of the config, and pass it in'),
  refused(
    'list',
    'Not available: replaced by tolist.',
    'the "list" function was deprecated in Terraform v0.12 and is not available in OpenTofu; use tolist([ ... ]) syntax to write a literal list',
  ),
  refused(
    'map',
    'Not available: replaced by tomap.',
    'the "map" function was deprecated in Terraform v0.12 and is not available in OpenTofu; use tomap({ ... }) syntax to write a literal map',
  ),
];

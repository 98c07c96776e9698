import { DYNAMIC, STRING } from '../../values/type.js';
import { isWhollyKnown, NullValue, typeOf, unknown, UnknownValue } from '../../values/value.js';
import { parameter, text } from '../argument.js';
import { type StrictFunction } from '../function.js';
import { rememberLast } from '../remember.js';
import { decodeYaml } from './decode-yaml.js';
import { encodeYaml } from './encode-yaml.js';

const decode = rememberLast(decodeYaml);

export const yamlFunctions: readonly StrictFunction[] = [
  {
    name: 'yamlencode',
    description: 'The value as YAML text.',
    params: [parameter('value', DYNAMIC, { allowNull: true, allowDynamic: true })],
    returnType: STRING,
    call: ([value]) => (isWhollyKnown(value!) ? text(encodeYaml(value!)) : unknown(STRING)),
  },
  {
    name: 'yamldecode',
    description: 'The value that a YAML document describes.',
    params: [parameter('src', STRING)],
    returnType: ([source]) => (source instanceof UnknownValue ? DYNAMIC : typeOf(decode(source as string))),
    call: ([source], type) => {
      const value = decode(source as string);
      return value instanceof NullValue ? new NullValue(type) : value;
    },
  },
];

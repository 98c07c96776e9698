import { BOOL, listOf, NUMBER, STRING } from '../../values/type.js';
import { makeList } from '../../values/value.js';
import { parameter, toInt, toWhole } from '../argument.js';
import { FunctionError, type StrictFunction } from '../function.js';
import {
  asFour,
  contains,
  first,
  formatAddress,
  formatPrefix,
  last,
  parseAddress,
  parsePrefix,
  type Prefix,
} from './address.js';

const prefix = parameter('prefix', STRING);

const cidrhost: StrictFunction = {
  name: 'cidrhost',
  description: 'The address of a host number within a network; negative numbers count from the end.',
  params: [prefix, parameter('hostnum', NUMBER)],
  returnType: STRING,
  notNull: true,
  call: ([source, number]) => {
    const host = toWhole(number!);
    const network = parse(source as string);
    const { address, length } = network;
    const count = 1n << BigInt(address.bits - length);
    if (host >= count || host < -count) {
      throw new FunctionError(`prefix of ${length} does not accommodate a host numbered ${host}`);
    }
    return formatAddress({ value: address.value | (host < 0n ? count + host : host), bits: address.bits });
  },
};

const cidrnetmask: StrictFunction = {
  name: 'cidrnetmask',
  description: 'The netmask of an IPv4 network in dotted decimal.',
  params: [prefix],
  returnType: STRING,
  notNull: true,
  call: ([source]) => {
    const { address, length } = parse(source as string);
    if (asFour(address) === undefined) {
      throw new FunctionError(`IPv6 addresses cannot have a netmask: ${source as string}`);
    }
    return formatAddress(first({ value: (1n << BigInt(address.bits)) - 1n, bits: address.bits }, length));
  },
};

const cidrsubnet: StrictFunction = {
  name: 'cidrsubnet',
  description:
    'A network within a network: its prefix extended by a number of bits that hold the given number.',
  params: [prefix, parameter('newbits', NUMBER), parameter('netnum', NUMBER)],
  returnType: STRING,
  notNull: true,
  call: ([source, newbits, netnum]) => {
    const extension = toInt(newbits!);
    const number = toWhole(netnum!);
    const { address, length } = parse(source as string);
    if (number < 0n) throw new FunctionError('subnet number must not be negative');
    const longer = length + extension;
    if (longer > address.bits) {
      throw new FunctionError(`insufficient address space to extend prefix of ${length} by ${extension}`);
    }
    if (extension < 0) throw new FunctionError('the number of new bits must not be negative', 1);
    if (number >> BigInt(extension) !== 0n) {
      throw new FunctionError(
        `prefix extension of ${extension} does not accommodate a subnet numbered ${number}`,
      );
    }
    const value = address.value | (number << BigInt(address.bits - longer));
    return formatPrefix({ address: { value, bits: address.bits }, length: longer });
  },
};

const cidrsubnets: StrictFunction = {
  name: 'cidrsubnets',
  description: 'Consecutive networks within a network, each with its prefix extended by a number of bits.',
  params: [prefix],
  varParam: parameter('newbits', NUMBER),
  returnType: listOf(STRING),
  notNull: true,
  call: ([source, ...extensions]) => {
    const network = parse(source as string, 0);
    const { bits } = network.address;
    const end = last(network).value;
    // The first address that is not taken yet.
    let next = network.address.value;
    let current = before(network, extensions.length > 0 ? network.length + toInt(extensions[0]!, 1) : 0);
    const subnets = extensions.map((extension, i) => {
      const newbits = toInt(extension, i + 1);
      if (newbits < 1) throw new FunctionError('must extend prefix by at least one bit', i + 1);
      const length = network.length + newbits;
      if (length > bits) {
        throw new FunctionError(
          `would extend prefix to ${length} bits, which is too long for an ${bits === 32 ? 'IPv4' : 'IPv6'} address`,
          i + 1,
        );
      }
      const size = 1n << BigInt(bits - length);
      const start = ((next + size - 1n) / size) * size;
      // The reference implementation takes a network that starts at zero for one at the end of all addresses.
      if (start > end || start === 0n) {
        throw new FunctionError(
          `not enough remaining address space for a subnet with a prefix of ${length} bits after ${formatPrefix(current)}`,
          i + 1,
        );
      }
      current = { address: { value: start, bits }, length };
      next = start + size;
      return formatPrefix(current);
    });
    return makeList(STRING, subnets);
  },
};

/** The network just before another, for messages: addresses wrap around. */
function before({ address }: Prefix, length: number): Prefix {
  const value = BigInt.asUintN(address.bits, address.value - 1n);
  const clamped = Math.min(Math.max(length, 0), address.bits);
  return { address: first({ value, bits: address.bits }, clamped), length: clamped };
}

const cidrcontains: StrictFunction = {
  name: 'cidrcontains',
  description: 'Whether an address, or a whole network, lies within a network.',
  params: [parameter('containing_prefix', STRING), parameter('contained_ip_or_prefix', STRING)],
  returnType: BOOL,
  call: ([containing, contained]) => {
    const outer = parsePrefix(containing as string);
    if (outer === undefined) throw new FunctionError(`invalid CIDR address: ${containing as string}`);
    const address = parseAddress(contained as string);
    const inner = address === undefined ? parsePrefix(contained as string) : undefined;
    const start = address ?? inner?.address;
    if (start === undefined) {
      throw new FunctionError(`invalid IP address or prefix: ${contained as string}`);
    }
    if ((asFour(start) === undefined) !== (asFour(outer.address) === undefined)) {
      throw new FunctionError(`address family mismatch: ${containing as string} vs. ${contained as string}`);
    }
    return contains(outer, start) && (inner === undefined || contains(outer, last(inner)));
  },
};

function parse(source: string, argument?: number): Prefix {
  const parsed = parsePrefix(source);
  if (parsed !== undefined) return parsed;
  throw new FunctionError(`invalid CIDR expression: invalid CIDR address: ${source}`, argument);
}

export const cidrFunctions: readonly StrictFunction[] = [
  cidrhost,
  cidrnetmask,
  cidrsubnet,
  cidrsubnets,
  cidrcontains,
];

/** An address of 32 or 128 bits. */
export interface Address {
  readonly value: bigint;
  readonly bits: 32 | 128;
}

/** A network: all addresses that share the first `length` bits of `address`, whose other bits are zero. */
export interface Prefix {
  readonly address: Address;
  readonly length: number;
}

/** Dotted decimal (leading zeros allowed and decimal, as before Go 1.17) or RFC 4291's forms; undefined for anything else. */
export function parseAddress(source: string): Address | undefined {
  return source.includes(':') ? parseSix(source) : parseFour(source);
}

export function parsePrefix(source: string): Prefix | undefined {
  const match = /^([^/]*)\/(\d+)$/.exec(source);
  if (match === null) return undefined;
  const address = parseAddress(match[1] as string);
  const length = Number(match[2]);
  if (address === undefined || length > address.bits) return undefined;
  return { address: first(address, length), length };
}

/** The first address of the network of `length` bits in which the address lies. */
export function first(address: Address, length: number): Address {
  const host = BigInt(address.bits - length);
  return { value: (address.value >> host) << host, bits: address.bits };
}

/** The last address of a network. */
export function last({ address, length }: Prefix): Address {
  return { value: address.value | ((1n << BigInt(address.bits - length)) - 1n), bits: address.bits };
}

export function contains(prefix: Prefix, address: Address): boolean {
  const network = asFour(prefix.address);
  const candidate = asFour(address);
  if (network === undefined || candidate === undefined) {
    return network === candidate && first(address, prefix.length).value === prefix.address.value;
  }
  const length = prefix.address.bits === 32 ? prefix.length : Math.max(prefix.length - 96, 0);
  return first(candidate, length).value === first(network, length).value;
}

/** The address as one of IPv4, where it is one or is mapped to one (::ffff:0:0/96). */
export function asFour(address: Address): Address | undefined {
  if (address.bits === 32) return address;
  return address.value >> 32n === 0xffffn ? { value: address.value & 0xffffffffn, bits: 32 } : undefined;
}

/** Dotted decimal, or RFC 5952. */
export function formatAddress(address: Address): string {
  const four = asFour(address);
  if (four !== undefined) {
    return [24n, 16n, 8n, 0n].map((shift) => String((four.value >> shift) & 0xffn)).join('.');
  }
  const groups = Array.from({ length: 8 }, (_, i) =>
    Number((address.value >> BigInt(112 - 16 * i)) & 0xffffn),
  );
  const [start, length] = longestZeros(groups);
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  if (length < 2) return hex(groups);
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

/** CIDR notation; a network of IPv4 addresses that are mapped into IPv6 shows as one of IPv4. */
export function formatPrefix({ address, length }: Prefix): string {
  const mapped = address.bits === 128 && asFour(address) !== undefined;
  return `${formatAddress(address)}/${mapped ? Math.max(length - 96, 0) : length}`;
}

function longestZeros(groups: readonly number[]): [start: number, length: number] {
  let best: [number, number] = [0, 0];
  for (let i = 0; i < groups.length; i++) {
    let end = i;
    while (end < groups.length && groups[end] === 0) end++;
    if (end - i > best[1]) best = [i, end - i];
    i = Math.max(i, end);
  }
  return best;
}

function parseFour(source: string): Address | undefined {
  const parts = source.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,8}$/.test(part) && Number(part) <= 255)) {
    return undefined;
  }
  return { value: parts.reduce((value, part) => (value << 8n) | BigInt(Number(part)), 0n), bits: 32 };
}

function parseSix(source: string): Address | undefined {
  let groups = source;
  const dotted = /^(.*:)([\d.]*\.[\d.]*)$/.exec(source);
  if (dotted !== null) {
    const four = parseFour(dotted[2] as string);
    if (four === undefined) return undefined;
    groups = `${dotted[1]}${(four.value >> 16n).toString(16)}:${(four.value & 0xffffn).toString(16)}`;
  }
  const halves = groups.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const given = head.length + tail.length;
  if (halves.length === 2 ? given > 7 : given !== 8) return undefined;
  const all = [...head, ...new Array<string>(8 - given).fill('0'), ...tail];
  let value = 0n;
  for (const group of all) {
    if (!/^[0-9a-fA-F]+$/.test(group)) return undefined;
    const n = Number.parseInt(group, 16);
    if (n > 0xffff || group.length > 8) return undefined;
    value = (value << 16n) | BigInt(n);
  }
  return { value, bits: 128 };
}

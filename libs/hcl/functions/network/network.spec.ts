import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { evaluateAll } from '../testing/evaluate.js';
import { contains, formatAddress, formatPrefix, last, parseAddress, parsePrefix } from './address.js';

describe('addresses', () => {
  it('read back as they are written', () => {
    const four = fc.bigInt(0n, 2n ** 32n - 1n).map((value) => ({ value, bits: 32 as const }));
    const six = fc.bigInt(2n ** 49n, 2n ** 128n - 1n).map((value) => ({ value, bits: 128 as const }));
    fc.assert(
      fc.property(fc.oneof(four, six), (address) => {
        expect(parseAddress(formatAddress(address))).toEqual(address);
      }),
    );
  });

  it('are written in the shortest form of RFC 5952', () => {
    const shortest = (source: string): string => formatAddress(parseAddress(source)!);
    expect(
      ['2001:db8:0:0:1:0:0:1', '0:0:0:0:0:0:0:0', '::1', '1:0:2:0:3:0:4:0', 'FE80::A'].map(shortest),
    ).toEqual(['2001:db8::1:0:0:1', '::', '::1', '1:0:2:0:3:0:4:0', 'fe80::a']);
  });

  it('that are none are not read', () => {
    const wrong = [
      '',
      '1.2.3',
      '1.2.3.256',
      '1.2.3.4.5',
      ':::',
      '1::2::3',
      '12345::',
      '1:2:3:4:5:6:7',
      'g::',
      '1.2.3.4::',
    ];
    expect(wrong.map(parseAddress)).toEqual(wrong.map(() => undefined));
  });

  it('lie within their own network and not beyond it', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 32n - 1n), fc.integer({ min: 1, max: 32 }), (value, length) => {
        const network = parsePrefix(`${formatAddress({ value, bits: 32 })}/${length}`)!;
        expect(contains(network, { value, bits: 32 })).toBe(true);
        const beyond = last(network).value + 1n;
        if (beyond < 2n ** 32n) expect(contains(network, { value: beyond, bits: 32 })).toBe(false);
        expect(parsePrefix(formatPrefix(network))).toEqual(network);
      }),
    );
  });
});

describe('CIDR functions', () => {
  it('compute hosts and networks', () => {
    const cases = {
      'cidrhost("10.12.112.0/20", 16)': '10.12.112.16',
      'cidrhost("10.12.112.0/20", -1)': '10.12.127.255',
      'cidrhost("fd00:fd12:3456:7890::/72", 34)': 'fd00:fd12:3456:7890::22',
      'cidrhost("10.0.0.7/24", 1)': '10.0.0.1',
      'cidrnetmask("172.16.0.0/12")': '255.240.0.0',
      'cidrsubnet("172.16.0.0/12", 4, 2)': '172.18.0.0/16',
      'cidrsubnet("fd00:fd12:3456:7890::/56", 16, 162)': 'fd00:fd12:3456:7800:a200::/72',
      'cidrsubnets("10.1.0.0/16", 4, 4, 8, 4)': [
        '10.1.0.0/20',
        '10.1.16.0/20',
        '10.1.32.0/24',
        '10.1.48.0/20',
      ],
      'cidrsubnets("10.1.0.0/16")': [],
      'cidrcontains("192.168.2.0/20", "192.168.2.1")': true,
      'cidrcontains("192.168.2.0/20", "192.168.0.0/16")': false,
      'cidrcontains("fe80::/48", "fe80::/64")': true,
    };
    expect(evaluateAll(cases)).toEqual(cases);
  });

  it('refuse what does not fit', () => {
    const cases = {
      'cidrhost("10.0.0.0/30", 4)':
        'error: Call to function "cidrhost" failed: prefix of 30 does not accommodate a host numbered 4.',
      'cidrhost("10.0.0.0", 1)':
        'error: Call to function "cidrhost" failed: invalid CIDR expression: invalid CIDR address: 10.0.0.0.',
      'cidrnetmask("fd00::/8")':
        'error: Call to function "cidrnetmask" failed: IPv6 addresses cannot have a netmask: fd00::/8.',
      'cidrsubnet("10.0.0.0/24", 9, 0)':
        'error: Call to function "cidrsubnet" failed: insufficient address space to extend prefix of 24 by 9.',
      'cidrsubnet("10.0.0.0/24", 2, 4)':
        'error: Call to function "cidrsubnet" failed: prefix extension of 2 does not accommodate a subnet numbered 4.',
      'cidrsubnets("10.0.0.0/30", 1, 1, 1)':
        'error: Invalid value for "newbits" parameter: not enough remaining address space for a subnet with a prefix of 31 bits after 10.0.0.2/31.',
      'cidrsubnets("10.0.0.0/30", 3)':
        'error: Invalid value for "newbits" parameter: would extend prefix to 33 bits, which is too long for an IPv4 address.',
      'cidrcontains("10.0.0.0/8", "fe80::1")':
        'error: Call to function "cidrcontains" failed: address family mismatch: 10.0.0.0/8 vs. fe80::1.',
    };
    expect(evaluateAll(cases)).toEqual(cases);
  });
});

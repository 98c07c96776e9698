import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { gunzipSync } from 'node:zlib';
import { evaluate, evaluateAll } from '../testing/evaluate.js';
import { decodeBase64, encodeBase64 } from './base64-bytes.js';
import { decodeJson } from './decode-json.js';
import { encodeJson } from './encode-json.js';
import { gzip } from './gzip.js';

const known = (cases: Readonly<Record<string, unknown>>): void => expect(evaluateAll(cases)).toEqual(cases);

describe('JSON', () => {
  it('keeps all digits, and escapes as Go does', () => {
    known({
      'jsonencode({ b = [1, true, null], a = "<&>\\u2028" })':
        '{"a":"\\u003c\\u0026\\u003e\\u2028","b":[1,true,null]}',
      'jsonencode(123456789012345678901234567890.5)': '123456789012345678901234567890.5',
      'jsonencode(0.1 + 0.2)': '0.3',
      'jsonencode(toset(["b", "a"]))': '["a","b"]',
      'jsondecode("{\\"a\\":[1,null,true,\\"\\\\u00e9\\"]}")': { a: [1, null, true, 'é'] },
      'jsondecode("123456789012345678901234567890")': { $num: '123456789012345678901234567890' },
      'jsondecode("0.1") == 0.1': true,
      'jsondecode(" null ")': null,
      'jsondecode("{\\"a\\":1,\\"a\\":2}")': { a: 2 },
    });
  });

  it('says what is wrong with a text', () => {
    const failed = (message: string): string => `error: Call to function "jsondecode" failed: ${message}.`;
    known({
      'jsondecode("")': failed('EOF'),
      'jsondecode("{")': failed('EOF'),
      'jsondecode("[1 2]")': failed("invalid character '2' after array element"),
      'jsondecode("nul")': failed('unexpected EOF'),
      'jsondecode("nope")': failed("invalid character 'o' in literal null (expecting 'u')"),
      'jsondecode("[1] 2")': failed('extraneous data after JSON object'),
      'jsondecode("{\\"a\\":1,\\"a\\":\\"x\\"}")': failed('duplicate "a" property in JSON object'),
      'jsonencode(1/0)': 'error: Call to function "jsonencode" failed: cannot serialize infinity as JSON.',
    });
    expect(evaluate(`jsondecode("${'['.repeat(3000)}")`)).toBe(failed('exceeded max depth'));
  });

  it('reads back what it writes (any JSON)', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const source = JSON.stringify(value);
        const ours = encodeJson(decodeJson(source));
        expect(encodeJson(decodeJson(ours))).toBe(ours);
        // Strings come out in normal form C, and -0 as it was.
        const normal = (data: unknown): unknown => JSON.parse(JSON.stringify(data).normalize('NFC'));
        expect(normal(JSON.parse(ours))).toEqual(normal(value));
      }),
    );
  });

  it('knows how the text of an unknown value starts', () => {
    expect(evaluate('jsonencode({ a = unknown_string })')).toEqual({
      $unknown: 'string',
      refinements: 'Refine().NotNull().StringPrefixFull("{").NewValue()',
    });
    expect(evaluate('jsondecode("\\"${unknown_string}")')).toEqual({ $unknown: 'string' });
    expect(evaluate('jsondecode("zz${unknown_string}")')).toMatch(/cannot begin with the character 'z'/);
  });
});

describe('YAML', () => {
  it('writes blocks, quoted strings and literals', () => {
    known({
      'yamlencode({ a = 1, b = [true, null, "x"], c = {}, d = [] })':
        '"a": 1\n"b":\n- true\n- null\n- "x"\n"c": {}\n"d": []\n',
      'yamlencode({ text = "one\\ntwo\\n", open = "one\\ntwo" })':
        '"open": |-\n  one\n  two\n"text": |\n  one\n  two\n',
      'yamlencode([[1, [2]], { a = [3] }])': '- - 1\n  - - 2\n- "a":\n  - 3\n',
      'yamlencode("tab\\t \\u2028 é")': '"tab\\t \\L é"\n',
      'yamlencode(1)': '1\n...\n',
      [`yamlencode("${'word '.repeat(20)}")`]: `"${'word '.repeat(16)}word\n  word word word "\n`,
    });
  });

  it('reads scalars as go-cty-yaml does', () => {
    known({
      'yamldecode("[1, 0x1F, 0o17, 010, 1.50, 1e3, .5, 1_000]")': [1, 31, 15, 10, 1.5, 1000, 0.5, '1_000'],
      'yamldecode("[yes, No, on, OFF, true, y, ~, null, \\"yes\\"]")': [
        true,
        false,
        true,
        false,
        true,
        true,
        null,
        null,
        'yes',
      ],
      'yamldecode("2001-12-14")': '2001-12-14T00:00:00Z',
      'yamldecode("2001-12-14T21:59:43.10-05:00")': '2001-12-14T21:59:43-05:00',
      'yamldecode("!!str 123")': '123',
      'yamldecode(".inf")': { $num: '+Inf' },
      'yamldecode("a: |-\\n  yes\\n")': { a: 'true' },
      'yamldecode("123456789012345678901234567890")': { $num: '123456789012345678901234567890' },
    });
  });

  it('reads structure, anchors and merges', () => {
    known({
      'yamldecode("a: 1\\nb:\\n- x\\n- {c: d}\\n")': { a: 1, b: ['x', { c: 'd' }] },
      'yamldecode("a: &x {p: 1}\\nb: *x\\nc:\\n  <<: *x\\n  q: 2")': {
        a: { p: 1 },
        b: { p: 1 },
        c: { p: 1, q: 2 },
      },
      'yamldecode("a: >\\n  one\\n  two\\n")': { a: 'one two\n' },
      'yamldecode("a: |\\n  x\\n  y")': { a: 'x\ny' },
      'yamldecode("1: a\\ntrue: b")': { 1: 'a', true: 'b' },
      'yamldecode("a: 1\\na: 2")': { a: 2 },
      'yamldecode("a: x\\u0085b: <&>\\u2028")': { a: 'x', b: '<&>' },
      'yamldecode("x\\u2028y")': 'x\u2028y',
    });
  });

  it('says what is wrong with a text', () => {
    const failed = (message: string): string => `error: Call to function "yamldecode" failed: ${message}.`;
    known({
      'yamldecode("- a\\n- *b")': failed('on line 1, column 3: reference to undefined anchor "b"'),
      'yamldecode("&a [*a]")': failed('cannot refer to anchor "a" from inside its own definition'),
      'yamldecode("? [a]\\n: b")': failed('only strings are allowed as mapping keys'),
      'yamldecode("!foo x")': failed('unsupported tag "!foo"'),
      'yamldecode(".nan")': failed('floating point NaN is not supported'),
      'yamldecode("a\\n---\\nb")': failed('on line 1, column 1: unexpected extra content after value'),
      'yamldecode("a: \\"\\u0000\\"")': failed('control characters are not allowed'),
      'yamldecode("\\u0085")': failed('on line 1, column 1: missing start of document'),
      'yamldecode("")': failed('on line 1, column 1: missing start of document'),
    });
  });

  it('cannot be blown up by aliases', () => {
    const levels = Array.from(
      { length: 9 },
      (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(',')}]`,
    );
    const source = ['l0: &l0 [x]', ...levels].join('\\n');
    // Aliases share their values, but what they stand for, 9^9 values here, is counted.
    expect(evaluate(`length(yamldecode("${source}"))`)).toMatch(/more than 5000000 elements/);
  });

  it('reads back what it writes', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 120 });
    const tree = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        text,
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.stringMatching(/^[a-z :#"\n-]{1,6}$/), tie('value'), { maxKeys: 3 }),
      ),
    })).value;
    fc.assert(
      fc.property(tree, (value) => {
        const json = JSON.stringify(JSON.stringify(value)).replaceAll('${', '$${').replaceAll('%{', '%%{');
        expect(evaluate(`jsonencode(yamldecode(yamlencode(jsondecode(${json}))))`)).toBe(
          evaluate(`jsonencode(jsondecode(${json}))`),
        );
      }),
      { numRuns: 300 },
    );
  });
});

describe('CSV', () => {
  it('reads RFC 4180', () => {
    known({
      'csvdecode("a,b\\n1,\\"x, \\"\\"y\\"\\"\\"\\n")': [{ a: '1', b: 'x, "y"' }],
      'csvdecode("b,a\\r\\n1,2\\r\\n\\r\\n3,\\"4\\n5\\"")': [
        { a: '2', b: '1' },
        { a: '4\n5', b: '3' },
      ],
      'csvdecode("a")': [],
      'csvdecode("")': 'error: Call to function "csvdecode" failed: missing header line.',
      'csvdecode("a,a\\n1,2")': 'error: Call to function "csvdecode" failed: duplicate column name "a".',
      'csvdecode("a,b\\n1")':
        'error: Call to function "csvdecode" failed: CSV parse error on line 2: wrong number of fields.',
      'csvdecode("a\\nx\\"y")':
        'error: Call to function "csvdecode" failed: CSV parse error on line 2: bare " in non-quoted-field.',
      'csvdecode("a\\n\\"x")':
        'error: Call to function "csvdecode" failed: CSV parse error on line 2: extraneous or missing " in quoted-field.',
    });
  });
});

describe('base64', () => {
  it('is the standard one', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const encoded = encodeBase64(bytes);
        expect(encoded).toBe(Buffer.from(bytes).toString('base64'));
        expect(decodeBase64(encoded)).toEqual(bytes);
      }),
    );
    expect(decodeBase64('aGVs\r\nbG8=')).toEqual(Uint8Array.from(Buffer.from('hello')));
    expect(['aGVsbG8', 'a===', 'YQ=', '????', 'YQ==YQ=='].map(decodeBase64)).toEqual([4, 1, 3, 0, 4]);
  });

  it('carries strings', () => {
    known({
      'base64encode("héllo")': 'aMOpbGxv',
      'base64decode("aMOpbGxv")': 'héllo',
      'base64decode("/w==")':
        'error: Call to function "base64decode" failed: the result of decoding the provided string is not valid UTF-8.',
      'base64decode("?")': 'error: Call to function "base64decode" failed: failed to decode base64 data "?".',
      'base64gunzip(base64gzip("hello hello hello hello"))': 'hello hello hello hello',
      'base64gunzip("")': 'error: Call to function "base64gunzip" failed: failed to gunzip bytestream: EOF.',
      'base64gunzip("aGVsbG8gd29ybGQh")':
        'error: Call to function "base64gunzip" failed: failed to gunzip bytestream: gzip: invalid header.',
    });
  });

  it('compresses to bytes that any gzip reads', () => {
    const repetitive = fc.array(fc.constantFrom('a', 'ab', 'region', 'é', '\n'), { maxLength: 400 });
    fc.assert(
      fc.property(
        fc.oneof(
          repetitive.map((parts) => Buffer.from(parts.join(''))),
          fc.uint8Array({ maxLength: 2000 }),
        ),
        (bytes) => {
          expect(new Uint8Array(gunzipSync(gzip(Uint8Array.from(bytes))))).toEqual(Uint8Array.from(bytes));
        },
      ),
    );
    const long = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) % 251);
    const packed = gzip(long);
    expect(new Uint8Array(gunzipSync(packed))).toEqual(long);
    expect(packed.length).toBeLessThan(long.length / 20);
  });
});

describe('character encodings and URLs', () => {
  it('know IANA names', () => {
    known({
      'textencodebase64("hé", "UTF-16LE")': 'aADpAA==',
      'textencodebase64("é€", "windows-1252")': '6YA=',
      'textencodebase64("é", "ISO-8859-1")': '6Q==',
      'textencodebase64("日本", "Shift_JIS")': 'k/qWew==',
      'textencodebase64("é", "cp437")': 'gg==',
      'textencodebase64("A", "IBM037")': 'wQ==',
      'textencodebase64("a", "UTF-16")': '/v8AYQ==',
      'textencodebase64("İı", "gb18030")': 'gTCQMoEwkDM=',
      'textencodebase64("👍🏽 ok", "gb18030")': 'lDnRMZQ5yTEgb2s=',
      'textdecodebase64("lDnRMZQ5yTEgb2s=", "gb18030")': '👍🏽 ok',
      'textencodebase64("a", " utf-8\\n")': 'YQ==',
      'textdecodebase64("aADpAA==", "utf-16le")': 'hé',
      'textdecodebase64("6YA=", "cp1252")':
        'error: Invalid value for "encoding" parameter: "cp1252" is not a supported IANA encoding name or alias in this OpenTofu version.',
      'textdecodebase64("k/qWew==", "shift_jis")': '日本',
      'textdecodebase64("//79", "UTF-8")':
        'error: Invalid value for "source" parameter: the given string contains symbols that are not defined for UTF-8.',
      'textdecodebase64("*", "UTF-8")':
        'error: Invalid value for "source" parameter: the given value is has an invalid base64 symbol at offset 0.',
      'textencodebase64("🤔", "cp437")':
        'error: Invalid value for "string" parameter: the given string contains characters that cannot be represented in IBM437.',
    });
  });

  it('escape for queries', () => {
    known({
      'urlencode("a b/é~_.-&")': 'a+b%2F%C3%A9~_.-%26',
      'urldecode("a+b%2F%C3%A9")': 'a b/é',
      'urldecode("100%")':
        'error: Call to function "urldecode" failed: failed to decode URL \'\': invalid URL escape "%".',
    });
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~é日]{0,20}$/), (source) => {
        const literal = JSON.stringify(source).replaceAll('${', '$${').replaceAll('%{', '%%{');
        expect(evaluate(`urldecode(urlencode(${literal}))`)).toBe(source);
      }),
      { numRuns: 50 },
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { evaluate, evaluateAll } from '../testing/evaluate.js';

const known = (cases: Readonly<Record<string, unknown>>): void => expect(evaluateAll(cases)).toEqual(cases);

describe('string functions', () => {
  it('change case letter by letter', () => {
    known({
      'upper("straße ŉ ᾳ")': 'STRAßE ŉ ᾼ',
      'lower("ΟΔΟΣ İ")': 'οδοσ i',
      'title("hello big_world, it\'s 3rd ǆ")': "Hello Big_world, It'S 3rd ǅ",
      'upper("abc")': 'ABC',
      'lower("ABC")': 'abc',
    });
  });

  it('trim', () => {
    known({
      'trim("  xaxbx ", " x")': 'axb',
      'trimspace("\\t a b \\n")': 'a b',
      'trimprefix("foobar", "foo")': 'bar',
      'trimprefix("foobar", "bar")': 'foobar',
      'trimsuffix("foobar", "bar")': 'foo',
      'trimsuffix("foobar", "")': 'foobar',
      'chomp("a\\n\\r\\n")': 'a',
      'chomp("a\\nb")': 'a\nb',
    });
  });

  it('count, cut and turn round characters as a reader sees them', () => {
    known({
      'length("e\\u0301👩‍👩‍👧x")': 3,
      'substr("añb👍c", 1, 3)': 'ñb👍',
      'substr("hello", -3, -1)': 'llo',
      'substr("hello", 1, 0)': '',
      'substr("hello", 9, 2)': '',
      'substr("hello", -99, 2)': 'he',
      'strrev("ab👩‍👩‍👧\\r\\n")': '\r\n👩‍👩‍👧ba',
    });
  });

  it('join, split, sort and indent', () => {
    known({
      'join(", ", ["a", "b"], ["c"])': 'a, b, c',
      'join("-", [1, true])': '1-true',
      'split(",", "a,,b")': ['a', '', 'b'],
      'split("", "héy")': ['h', 'é', 'y'],
      'sort(["b", "a", "B", "é", "z"])': ['B', 'a', 'b', 'z', 'é'],
      'sort(["\\U00010000", "\\uffee"])': ['\uffee', '\u{10000}'],
      'indent(2, "a\\nb\\n\\nc")': 'a\n  b\n  \n  c',
      'join(",", ["a", null])':
        'error: Invalid value for "lists" parameter: element 1 is null; cannot concatenate null values.',
      'indent(-1, "x")':
        'error: Invalid value for "spaces" parameter: the number of spaces must be between 0 and 65536.',
    });
    expect(evaluate('sort([unknown_string, "a"])')).toEqual([{ $unknown: 'string' }, { $unknown: 'string' }]);
  });

  it('search', () => {
    known({
      'startswith("hello", "he")': true,
      'endswith("hello", "lo")': true,
      'strcontains("hello", "ell")': true,
      'strcontains("hello", "x")': false,
      'startswith("ab-${unknown_string}", "ab")': true,
      'startswith("ab-${unknown_string}", "x")': false,
      'startswith(unknown_string, "")': true,
      'replace("a.b.c", ".", "-")': 'a-b-c',
      'replace("abc", "", "-")': '-a-b-c-',
    });
    expect(evaluate('startswith("a${unknown_string}", "ab")')).toMatchObject({ $unknown: 'bool' });
  });

  it('refuse to make what would fill the memory', () => {
    const long = `join("", [for i in range(1000) : "${'x'.repeat(1000)}"])`;
    for (const source of [
      `replace(${long}, "x", "${'y'.repeat(100)}")`,
      `replace(${long}, "/x/", "${'y'.repeat(100)}")`,
      `replace(${long}, "", "${'y'.repeat(100)}")`,
      `join(${long}, range(100))`,
      `indent(60000, join("\\n", range(1000)))`,
    ]) {
      expect(evaluate(source)).toMatch(/the result would have \d+ characters; at most 16777216 can be made/);
    }
  });

  it('split and join undo each other', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{0,4}$/), { minLength: 1 }), (parts) => {
        const list = JSON.stringify(parts);
        expect(evaluate(`split(",", join(",", ${list}))`)).toEqual(parts);
      }),
      { numRuns: 50 },
    );
  });
});

describe('regular expressions', () => {
  it('give the match, its groups in order, or its named groups', () => {
    known({
      'regex("[a-z]+", "12abc3")': 'abc',
      'regex("(\\\\d+)-(x)?", "12-")': ['12', null],
      'regex("(?P<major>\\\\d+)\\\\.(?P<minor>\\\\d+)", "v1.20")': { major: '1', minor: '20' },
      'regex("(?P<x>a)(?P<y>b)?(?P<x>c)[(?P<y>]", "ac<")': { x: 'c', y: null },
      'regexall("a+", "aa b a")': ['aa', 'a'],
      'regexall("(.)=(.)", "a=1,b=2")': [
        ['a', '1'],
        ['b', '2'],
      ],
      'regexall("x", "abc")': [],
      'regexall("b*", "abb")': ['', 'bb'],
      'regexall("\\\\p{Greek}", "aβγ")': ['β', 'γ'],
    });
  });

  it('replace with groups', () => {
    known({
      'replace("hello world", "/(w)(o)/", "$2$1")': 'hello owrld',
      'replace("hello", "/(?P<first>h)/", "$first-")': 'h-ello',
      'replace("hello", "/(?P<first>h)/", "$${first}-")': 'h-ello',
      'replace("a-b", "/(?P<x>a)|(?P<x>b)/", "[$x]")': '[a]-[b]',
      'replace("a1b22", "/[0-9]+/", "<$0>")': 'a<1>b<22>',
      'replace("abc", "/x*/", "-")': '-a-b-c-',
      'replace("abc", "/b/", "$$")': 'a$c',
      'replace("abc", "/(b)/", "$1x")': 'ac',
    });
  });

  it('refuse what RE2 has not', () => {
    known({
      'regex("(?=a)", "a")':
        'error: Invalid value for "pattern" parameter: invalid regexp pattern: invalid or unsupported Perl syntax in (?=.',
      'regex("(", "a")':
        'error: Invalid value for "pattern" parameter: invalid regexp pattern: missing closing ) in (.',
      'regex("(a)(?P<b>c)", "ac")':
        'error: Invalid value for "pattern" parameter: invalid regexp pattern: cannot mix both named and unnamed capture groups.',
      'regex("x", "abc")':
        'error: Call to function "regex" failed: pattern did not match any part of the given string.',
      'replace("a", "/(/", "")':
        'error: Call to function "replace" failed: error parsing regexp: missing closing ): `(`.',
    });
  });

  it('take time in proportion to the text, whatever the pattern', () => {
    expect(evaluate(`regexall("(a*)*c", "${'a'.repeat(5000)}")`)).toEqual([]);
  });

  it('say the type of a result that is not known yet', () => {
    expect(evaluate('regex("(?P<x>a)", unknown_string)')).toMatchObject({
      $unknown: ['object', { x: 'string' }],
    });
    expect(evaluate('regexall(unknown_string, "a")')).toMatchObject({ $unknown: ['list', 'dynamic'] });
  });
});

describe('format', () => {
  it('formats numbers', () => {
    known({
      'format("%d|%5d|%-5d|%05d|%+d|% d", 42, 42, 42, 42, 42, 42)': '42|   42|42   |00042|+42| 42',
      'format("%b %o %x %X %#x", 10, 10, 255, 255, 255)': '1010 12 ff FF 0xff',
      'format("%f|%.2f|%8.3f|%08.3f|%+.1e", 3.14159, 3.14159, 3.14159, 3.14159, 31415.9)':
        '3.141590|3.14|   3.142|0003.142|+3.1e+04',
      'format("%g %g %G", 100000, 1000000, 1e-10)': '100000 1e+06 1E-10',
      'format("%d", 123456789012345678901234567890)': '123456789012345678901234567890',
      'format("%.3d", 7)': '007',
      'format("%d", "12")': '12',
    });
  });

  it('formats strings by characters, and other values as JSON', () => {
    known({
      'format("%s|%5s|%-5s|%.2s", "añb", "añb", "añb", "añb")': 'añb|  añb|añb  |añ',
      'format("%q", "a\\"b<")': '"a\\"b\\u003c"',
      'format("%v %v %v %v", "x", 1.5, true, null)': 'x 1.5 true null',
      'format("%v", { b = [1, "x"], a = null })': '{"a":null,"b":[1,"x"]}',
      'format("%#v", "x")': '"x"',
      'format("%t", "true")': 'true',
      'format("%%")': '%',
      'format("%[2]s %[1]s", "a", "b")': 'b a',
    });
  });

  it('says what is wrong, and where in the pattern', () => {
    known({
      'format("%d", "x")':
        'error: Call to function "format" failed: unsupported value for "%d" at 0: a number is required.',
      'format("é%d", 1.5)':
        'error: Call to function "format" failed: unsupported value for "%d" at 2: an integer is required.',
      'format("%s")':
        'error: Call to function "format" failed: not enough arguments for "%s" at 0: need index 1 but have 0 total.',
      'format("x", 1)':
        'error: Invalid value for "args" parameter: too many arguments; no verbs in format string.',
      'format("%y", 1)':
        'error: Call to function "format" failed: unsupported format verb \'y\' in "%y" at offset 0.',
      'format("ab%", 1)':
        'error: Call to function "format" failed: invalid format string starting at offset 3.',
      'format("%!", 1)':
        'error: Call to function "format" failed: unrecognized format character \'!\' at offset 1.',
      'format("%s", null)':
        'error: Call to function "format" failed: unsupported value for "%s" at 0: null value cannot be formatted.',
      'format("%99999999d", 1)':
        'error: Call to function "format" failed: width and precision of "%99999999d" at 0 may be at most 1000000.',
    });
  });

  it('keeps what is known of a string that is not known yet', () => {
    expect(evaluate('format("id-%s", unknown_string)')).toEqual({
      $unknown: 'string',
      refinements: 'Refine().NotNull().StringPrefixFull("id-").NewValue()',
    });
    expect(evaluate('format("a %s", secret)')).toMatchObject({ $marks: ['Sensitive'], value: 'a s3cret' });
  });

  it('works through lists side by side', () => {
    known({
      'formatlist("%s-%s", ["a", "b"], "z")': ['a-z', 'b-z'],
      'formatlist("%s=%d", ["a", "b"], [1, 2])': ['a=1', 'b=2'],
      'formatlist("x")': ['x'],
      'formatlist("%s", [])': [],
      'formatlist("%s%s", ["a"], ["b", "c"])':
        'error: Invalid value for "args" parameter: argument 2 has length 2, which is inconsistent with argument 1 of length 1.',
      'formatlist("%d", ["x"])':
        'error: Call to function "formatlist" failed: error on format iteration 0: unsupported value for "%d" at 0: a number is required.',
    });
    expect(evaluate('formatlist("%s", [unknown_string, "b"])')).toMatchObject([{ $unknown: 'string' }, 'b']);
    expect(evaluate('formatlist("%s", unknown_list)')).toMatchObject({ $unknown: ['list', 'string'] });
  });
});

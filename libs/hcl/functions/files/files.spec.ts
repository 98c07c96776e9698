import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeUtf8 } from '../utf8.js';
import { evaluate as evaluateWith } from '../testing/evaluate.js';
import { resolvePath } from './flock-files.js';
import { globPattern } from './glob.js';

const files = new Map(
  Object.entries({
    'hello.txt': 'hello',
    'scripts/setup.sh': '#!/bin/sh\n',
    'scripts/deep/more.sh': 'x',
    'greeting.tftpl': 'Hello, ${name}!',
    'list.tftpl': '%{ for r in regions ~}\n- ${upper(r)}\n%{ endfor ~}\n',
    'loop.tftpl': '${templatefile("loop.tftpl", {})}',
    'broken.tftpl': '${',
  }).map(([path, content]) => [path, encodeUtf8(content)] as const),
);
files.set('logo.bin', Uint8Array.from([255, 0]));
const evaluate = (source: string): unknown => evaluateWith(source, { files });

describe('file functions', () => {
  it('read the files of the flock', () => {
    expect(evaluate('file("hello.txt")')).toBe('hello');
    expect(evaluate('file("./scripts/../hello.txt")')).toBe('hello');
    expect(evaluate('filebase64("logo.bin")')).toBe('/wA=');
    expect(evaluate('fileexists("hello.txt")')).toBe(true);
    expect(evaluate('fileexists("nothing")')).toBe(false);
    expect(evaluate('filemd5("hello.txt")')).toBe('5d41402abc4b2a76b9719d911017c592');
    expect(evaluate('filesha1("hello.txt")')).toBe('aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d');
    expect(evaluate('filesha256("hello.txt") == sha256("hello")')).toBe(true);
    expect(evaluate('filesha512("hello.txt") == sha512("hello")')).toBe(true);
    expect(evaluate('filebase64sha256("hello.txt") == base64sha256("hello")')).toBe(true);
    expect(evaluate('filebase64sha512("hello.txt") == base64sha512("hello")')).toBe(true);
  });

  it('find files by pattern', () => {
    expect(evaluate('fileset(".", "**/*.sh")')).toEqual(['scripts/deep/more.sh', 'scripts/setup.sh']);
    expect(evaluate('fileset("scripts", "*.sh")')).toEqual(['setup.sh']);
    expect(evaluate('fileset(".", "{hello,logo}.*")')).toEqual(['hello.txt', 'logo.bin']);
    expect(evaluate('fileset(".", "nothing/*")')).toEqual([]);
    expect(evaluate('fileset(".", "[")')).toMatch(/failed to glob pattern "\[": syntax error in pattern/);
  });

  it('say what is missing or of another kind', () => {
    expect(evaluate('file("nothing.txt")')).toMatch(/no file exists at "nothing.txt"/);
    expect(evaluate('file("logo.bin")')).toMatch(
      /contents of "logo.bin" are not valid UTF-8; use the filebase64/,
    );
    expect(evaluate('fileexists("scripts")')).toMatch(/"scripts" is a directory, not a file/);
    expect(evaluate('file(secret)')).toMatch(/no file exists at \(sensitive value\)/);
    expect(evaluate('file(unknown_string)')).toMatchObject({ $unknown: 'string' });
  });

  it('never leave the folder of the flock', () => {
    for (const path of ['/etc/passwd', '../other/file', 'a/../../x', '~/secret', 'C:/x', '..']) {
      expect(evaluate(`file(${JSON.stringify(path)})`)).toMatch(/a flock can read only the files/);
      expect(evaluate(`fileset(${JSON.stringify(path)}, "*")`)).toMatch(/a flock can read only the files/);
    }
    expect(evaluate('fileset(".", "../*")')).toMatch(/a flock can read only the files/);
    expect(evaluate('templatefile("../x", {})')).toMatch(/a flock can read only the files/);
    fc.assert(
      fc.property(fc.array(fc.constantFrom('..', '.', 'a', 'b', ''), { minLength: 1 }), (parts) => {
        let resolved: string;
        try {
          resolved = resolvePath(parts.join('/'));
        } catch {
          return;
        }
        expect(resolved).toMatch(/^(?:[ab](?:\/[ab])*)?$/);
      }),
    );
  });

  it('render templates', () => {
    expect(evaluate('templatefile("greeting.tftpl", { name = "Ada" })')).toBe('Hello, Ada!');
    expect(evaluate('templatefile("list.tftpl", { regions = ["a", "b"] })')).toBe('- A\n- B\n');
    expect(evaluate('templatefile("greeting.tftpl", {})')).toBe(
      'error: Invalid value for "vars" parameter: vars map does not contain key "name", referenced at greeting.tftpl:1,10-14.',
    );
    expect(evaluate('templatefile("loop.tftpl", {})')).toMatch(/maximum recursion depth 64 reached/);
    expect(evaluate('templatefile("broken.tftpl", {})')).toMatch(/broken.tftpl:1/);
    expect(evaluate('templatefile("greeting.tftpl", { name = unknown_string })')).toMatchObject({
      $unknown: 'string',
    });
    expect(evaluate('templatefile("greeting.tftpl", unknown_any)')).toEqual({ $unknown: 'dynamic' });
  });
});

describe('patterns', () => {
  it('match whole paths', () => {
    const matches = (pattern: string, path: string): boolean | undefined => globPattern(pattern)?.test(path);
    expect(matches('*.txt', 'a.txt')).toBe(true);
    expect(matches('*.txt', 'd/a.txt')).toBe(false);
    expect(matches('**', 'd/a.txt')).toBe(true);
    expect(matches('**/a.txt', 'a.txt')).toBe(true);
    expect(matches('d/**/a.txt', 'd/e/f/a.txt')).toBe(true);
    expect(matches('a?[0-9].txt', 'ab7.txt')).toBe(true);
    expect(matches('[^a]', 'b')).toBe(true);
    expect(matches('\\*', '*')).toBe(true);
    expect(matches('a.b', 'axb')).toBe(false);
    expect([globPattern('{a'), globPattern('['), globPattern('\\')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('paths', () => {
  it('are taken apart', () => {
    expect(evaluate('[basename("a/b/"), basename(""), basename("/")]')).toEqual(['b', '.', '/']);
    expect(evaluate('[dirname("a/b/c"), dirname("a"), dirname("/a"), dirname("a/../b/c")]')).toEqual([
      'a/b',
      '.',
      '/',
      'b',
    ]);
    expect(evaluate('abspath("/a/./b/../c")')).toBe('/a/c');
    expect(evaluate('pathexpand("/x")')).toBe('/x');
  });

  it('that depend on the machine are refused', () => {
    expect(evaluate('abspath("x")')).toMatch(/depends on where the config is compiled/);
    expect(evaluate('pathexpand("~/x")')).toMatch(/depends on who compiles/);
  });
});

import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { format, print, parseConfig } from '../index.js';

const laid = (text: string) => format(text, 'x').text;

describe('format', () => {
  it('lays out as terraform fmt does', () => {
    expect(laid('a=1\nlonger  =  [1,2 ,3]   # x\nb="${c}" // y\n')).toBe(
      'a      = 1\nlonger = [1, 2, 3] # x\nb      = c         // y\n',
    );
    expect(laid('x   name "l" {\ny=f( a , b... )\n\n\n  z = { k=v , m:n }\n}\n')).toBe(
      'x "name" "l" {\n  y = f(a, b...)\n\n\n  z = { k = v, m : n }\n}\n',
    );
    expect(laid('a = -1 - -b\nc = ! d ? e:f\ng = [ for x in [1]: x ]\nh = a [ 0 ] . b\n')).toBe(
      'a = -1 - -b\nc = !d ? e : f\ng = [for x in [1] : x]\nh = a[0].b\n',
    );
    expect(laid('a = <<EOT\n  keep   ${ x }\nEOT\nbb = 1\n')).toBe(
      'a  = <<EOT\n  keep   ${x}\nEOT\nbb = 1\n',
    );
    expect(laid('a = "${\n x ?\n y : z\n}"\n')).toBe('a = (x ?\ny : z)\n');
    expect(laid('a = "${"${x}"}"\n')).toBe('a = x\n');
    expect(laid('variable "v" {\n  type = "list"\n}\n')).toBe('variable "v" {\n  type = list(string)\n}\n');
    expect(laid('a=1\r\nbb=2\r\n')).toBe('a  = 1\r\nbb = 2\r\n');
  });

  it('unwraps in the last line too where that has no end', () => {
    expect(format('a = 1\no = "${x}"', 'x.hcl').text).toBe('a = 1\no = x');
  });

  it('refuses what does not parse', () => {
    expect(format('a = [1,\n', 'x')).toMatchObject({ text: undefined, diagnostics: [{ severity: 'error' }] });
  });

  const folder = new URL('../../../../shared/acceptance/fmt/', import.meta.url);
  (existsSync(folder) ? it : it.skip)('agrees with the acceptance files', () => {
    const names = readdirSync(folder).filter((f) => f.endsWith('.formatted.hcl'));
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      const source = readFileSync(new URL(name.replace('.formatted', ''), folder), 'utf8');
      expect(laid(source)).toBe(readFileSync(new URL(name, folder), 'utf8'));
    }
  });
});

describe('print', () => {
  it('writes a tree as text', () => {
    const text =
      'a = [for k, v in b[*].c : k... if v]\nx "é\\n" {\n  t = "%{ if a ~}  b%{ else }${c}%{ endif }"\n}\n';
    expect(print(parseConfig(text, 'x').body)).toContain(
      'x "é\\n" {\n  t = "%{ if a }b%{ else }${c}%{ endif }"\n}\n',
    );
  });
});

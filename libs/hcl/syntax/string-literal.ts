/** What `unescape` found wrong; offsets within the literal. */
export interface EscapeFault {
  readonly start: number;
  readonly end: number;
  readonly detail: string;
}

/** Resolves template escapes (`$${`, `%%{`), and backslash escapes where `quoted`. O(length), no copy without escapes. */
export function unescape(raw: string, quoted: boolean, faults: EscapeFault[]): string {
  if (!/[\\$%]/.test(raw)) return raw;
  let out = '';
  for (let i = 0; i < raw.length;) {
    const c = raw[i]!;
    if ((c === '$' || c === '%') && raw[i + 1] === c && raw[i + 2] === '{') {
      out += `${c}{`;
      i += 3;
    } else if (c === '\\' && quoted) {
      i = backslash(raw, i, faults, (text) => (out += text));
    } else {
      out += c;
      i++;
    }
  }
  return out;
}

const SIMPLE: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };

function backslash(raw: string, at: number, faults: EscapeFault[], emit: (text: string) => void): number {
  const selector = raw.codePointAt(at + 1);
  if (selector === undefined) {
    faults.push({
      start: at,
      end: at + 1,
      detail: 'Backslash must be followed by an escape sequence selector character.',
    });
    emit('\\');
    return at + 1;
  }
  const name = String.fromCodePoint(selector);
  const simple = SIMPLE[name];
  if (simple !== undefined) {
    emit(simple);
    return at + 2;
  }
  if (name === 'u' || name === 'U') {
    const digits = name === 'u' ? 4 : 8;
    const hex = /^[0-9a-fA-F]*/.exec(raw.slice(at + 2, at + 2 + digits))![0];
    const end = at + 2 + hex.length;
    const code = Number.parseInt(hex, 16);
    if (hex.length < digits)
      faults.push({
        start: at,
        end,
        detail: `The \\${name} escape sequence must be followed by ${digits === 4 ? 'four' : 'eight'} hexadecimal digits.`,
      });
    else if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
      faults.push({
        start: at,
        end,
        detail: `Cannot encode character U+${code.toString(16).padStart(4, '0')} in UTF-8.`,
      });
    else {
      emit(String.fromCodePoint(code));
      return end;
    }
    emit(raw.slice(at, end));
    return end;
  }
  const end = at + 1 + name.length;
  faults.push({
    start: at,
    end,
    detail: `The symbol ${JSON.stringify(name)} is not a valid escape sequence selector.`,
  });
  emit(name);
  return end;
}

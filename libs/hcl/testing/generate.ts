/** Expressions and files of the language, by a seed: mostly meaningful, now and then not. For property tests and fuzzing. */
export class Generator {
  private state: number;
  private budget = 0;

  constructor(seed: number) {
    this.state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  }

  /** 0 … n-1 (xorshift32). */
  below(n: number): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    this.state >>>= 0;
    return this.state % n;
  }

  pick<V>(from: readonly V[]): V {
    return from[this.below(from.length)]!;
  }

  private chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  private many(most: number, one: () => string): string[] {
    return Array.from({ length: this.below(most + 1) }, one);
  }

  expression(size = 12): string {
    this.budget = size;
    return this.any([]);
  }

  private any(bound: readonly string[]): string {
    if (--this.budget < 0) return this.atom(bound);
    const inner = (): string => this.any(bound);
    switch (this.below(22)) {
      case 0:
      case 1:
      case 2:
        return this.atom(bound);
      case 3:
      case 4:
      case 5:
        return `${inner()} ${this.pick(OPERATORS)} ${inner()}`;
      case 6:
        return `${this.pick(['-', '!'])}${inner()}`;
      case 7:
        return `(${inner()})`;
      case 8:
        return `${inner()} ? ${inner()} : ${inner()}`;
      case 9:
        return `[${this.many(4, inner).join(', ')}]`;
      case 10:
      case 11:
        return `{ ${this.many(4, () => `${this.key(bound)} = ${inner()}`).join(', ')} }`;
      case 12:
      case 13:
        return this.for(bound);
      case 14:
        return `${this.operand(bound)}[${inner()}]`;
      case 15:
        return `${this.operand(bound)}.${this.pick(NAMES)}`;
      case 16:
        return `${this.operand(bound)}${this.pick(['[*]', '.*'])}${this.chance(60) ? `.${this.pick(NAMES)}` : ''}`;
      case 17:
      case 18:
        return this.string(bound);
      case 19:
        return `${this.pick(FUNCTIONS)}(${this.many(3, inner).join(', ')}${this.chance(10) ? ', tuple...' : ''})`;
      case 20:
        return `${this.pick(['try', 'can', 'length', 'tostring', 'jsonencode'])}(${inner()})`;
      default:
        return this.chance(15) ? this.heredoc(bound) : this.atom(bound);
    }
  }

  private operand(bound: readonly string[]): string {
    return this.chance(70) ? this.pick([...VARIABLES, ...bound]) : `(${this.any(bound)})`;
  }

  private key(bound: readonly string[]): string {
    switch (this.below(5)) {
      case 0:
        return `"${this.pick(NAMES)}"`;
      case 1:
        return `(${this.any(bound)})`;
      case 2:
        return `"k\${${this.any(bound)}}"`;
      default:
        return this.pick(NAMES);
    }
  }

  private for(bound: readonly string[]): string {
    const key = this.chance(40) ? 'k' : undefined;
    const value = this.pick(['v', 'r', 'x']);
    const within = [...bound, value, ...(key === undefined ? [] : [key])];
    const head = `for ${key === undefined ? '' : `${key}, `}${value} in ${this.operand(bound)} :`;
    const condition = this.chance(40) ? ` if ${this.any(within)}` : '';
    if (this.chance(65)) return `[${head} ${this.any(within)}${condition}]`;
    return `{${head} ${this.any(within)} => ${this.any(within)}${this.chance(25) ? '...' : ''}${condition}}`;
  }

  private string(bound: readonly string[]): string {
    return `"${this.templateParts(bound)}"`;
  }

  templateParts(bound: readonly string[] = []): string {
    return this.many(4, () => {
      switch (this.below(6)) {
        case 0:
          return `\${${this.chance(10) ? '~ ' : ''}${this.any(bound)}${this.chance(10) ? ' ~' : ''}}`;
        case 1:
          return `%{ if ${this.any(bound)} }${this.pick(TEXTS)}%{ else }\${${this.any(bound)}}%{ endif }`;
        case 2:
          return `%{ for v in ${this.operand(bound)} }\${${this.any([...bound, 'v'])}}%{ endfor }`;
        default:
          return this.pick(TEXTS);
      }
    }).join('');
  }

  private heredoc(bound: readonly string[]): string {
    return `<<${this.pick(['', '-'])}EOT\n  ${this.pick(PLAIN_TEXTS)}\n    \${${this.any(bound)}}\n  EOT\n`;
  }

  private atom(bound: readonly string[]): string {
    switch (this.below(8)) {
      case 0:
        return this.pick(NUMBERS);
      case 1:
        return `"${this.pick(TEXTS)}"`;
      case 2:
        return this.pick(['true', 'false', 'null']);
      default:
        return this.pick([...VARIABLES, ...bound, ...bound]);
    }
  }

  /** A file of attributes and blocks. */
  config(items = 4, depth = 0): string {
    const indent = '  '.repeat(depth);
    return this.many(items, () => {
      if (depth < 3 && this.chance(35)) {
        const labels = this.many(2, () => this.pick([' "x y"', ' name', ' ""', ' "é"'])).join('');
        return `${indent}${this.pick(NAMES)}${labels} {\n${this.config(items - 1, depth + 1)}${indent}}\n`;
      }
      const comment = this.chance(15) ? this.pick([' # c', ' // c', ' /* c */']) : '';
      const name = `${this.pick(NAMES)}${this.below(1000)}`;
      return `${indent}${name} ${this.pick(['=', ' = ', '  ='])} ${this.expression(6)}${comment}\n`;
    }).join('');
  }

  /** A text with a few characters or tokens put in, taken out or doubled. */
  mutate(text: string): string {
    let out = text;
    for (let i = 1 + this.below(4); i > 0; i--) {
      const at = this.below(out.length + 1);
      const op = this.below(4);
      if (op < 2) out = out.slice(0, at) + this.pick(FRAGMENTS) + out.slice(at);
      else if (op === 2) out = out.slice(0, at) + out.slice(at + 1 + this.below(4));
      else out = out.slice(0, at) + out.slice(Math.max(0, at - this.below(20)));
    }
    return out;
  }
}

export const VARIABLES: readonly string[] = [
  'num',
  'frac',
  'str',
  'bool',
  'nul',
  'list',
  'nums',
  'set',
  'map',
  'tuple',
  'obj',
  'regions',
];
const NAMES = ['a', 'b', 'name', 'state', 'nested', 'x', 'id'];
const OPERATORS = ['+', '-', '*', '/', '%', '==', '!=', '<', '<=', '>', '>=', '&&', '||'];
const FUNCTIONS = [
  'concat',
  'merge',
  'upper',
  'join',
  'keys',
  'values',
  'max',
  'toset',
  'tolist',
  'lookup',
  'flatten',
];
const NUMBERS = ['0', '1', '2', '7', '0.1', '2.5', '9007199254740993', '1e3', '12345678901234567890.5'];
const PLAIN_TEXTS = ['text', 'a b', 'é', '日本', '👩‍👩‍👧', '1', 'true'];
const TEXTS = [
  ...PLAIN_TEXTS,
  '\\n',
  '\\t',
  '\\"',
  '\\u00e9',
  '$${x}',
  '%%{y}',
  '$',
  '%',
  '$$',
  '{',
  '}',
  '',
  ' ',
];
const FRAGMENTS = [
  ...[
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    '"',
    "'",
    '`',
    '\n',
    '\r\n',
    ' ',
    '\t',
    '=',
    '==',
    '=>',
    '...',
    '..',
    '.',
    ',',
    ';',
  ],
  ...[
    '${',
    '%{',
    '~}',
    '${~',
    '<<EOT\n',
    '<<-EOT\n',
    'EOT\n',
    '#',
    '//',
    '/*',
    '*/',
    '::',
    ':',
    '?',
    '!',
    '-',
    '&&',
    '|',
  ],
  ...[
    'for',
    'in',
    'if',
    'else',
    'endif',
    'endfor',
    'null',
    'true',
    '0',
    '1.',
    '.5',
    '1e',
    'é',
    '\u0301',
    '\ud800',
    '\u0000',
  ],
  ...['\\', '\\u', '\\U0010ffff', '$', '%', '*', '[*]', '.*', '.0'],
];

import { type Diagnostic, type SourceRange } from '../../kernel/diagnostic.js';
import { parseNumber } from '../number/index.js';
import { MAX_DEPTH } from '../syntax/token-reader.js';
import { type SourceText } from '../syntax/source.js';
import { wellFormed } from '../values/text.js';
import { suggest } from '../syntax/suggest.js';
import { type NumberValue } from '../values/value.js';

interface Located {
  readonly start: number;
  readonly end: number;
}
export interface JsonProperty {
  readonly name: string;
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly value: JsonNode;
}
export type JsonNode =
  | (Located & { readonly kind: 'string'; readonly value: string })
  | (Located & { readonly kind: 'number'; readonly value: NumberValue })
  | (Located & { readonly kind: 'boolean'; readonly value: boolean })
  | (Located & { readonly kind: 'null' | 'invalid' })
  | (Located & { readonly kind: 'array'; readonly values: readonly JsonNode[] })
  | (Located & { readonly kind: 'object'; readonly properties: readonly JsonProperty[] });

type Kind = '{' | '}' | '[' | ']' | ',' | ':' | '=' | 'string' | 'number' | 'keyword' | 'invalid' | 'end';
interface Token extends Located {
  readonly kind: Kind;
}

const VALUE_HINT = 'A JSON value must start with a brace, a bracket, a number, a string, or a keyword.';

/** JSON with the place of everything. Never throws; a value that cannot be read is `invalid`. O(length). */
export function parseJson(source: SourceText): { node: JsonNode; diagnostics: Diagnostic[] } {
  const parser = new JsonParser(source);
  const node = parser.value();
  parser.finish();
  return { node, diagnostics: parser.diagnostics };
}

class JsonParser {
  readonly diagnostics: Diagnostic[] = [];
  private at = 0;
  private next: Token;
  private depth = 0;

  constructor(private readonly source: SourceText) {
    this.next = this.scan();
  }

  finish(): void {
    if (this.diagnostics.length === 0 && this.next.kind !== 'end')
      this.fail('Extraneous data after value', 'Extra characters appear after the JSON value.', this.next);
  }

  value(): JsonNode {
    const token = this.next;
    return this.valueOrNothing() ?? { kind: 'invalid', start: token.start, end: token.end };
  }

  private fail(summary: string, detail: string, subject: Located): undefined {
    this.diagnostics.push({
      severity: 'error',
      code: 'hcl/json-syntax',
      summary,
      detail,
      subject: this.source.range(subject.start, subject.end),
    });
    return undefined;
  }

  private peek(): Kind {
    return this.next.kind;
  }

  private read(): Token {
    const token = this.next;
    this.next = this.scan();
    return token;
  }

  private scan(): Token {
    const { text } = this.source;
    while (/[ \n\r\t]/.test(text[this.at] ?? '')) this.at++;
    const start = this.at;
    const c = text[start];
    const token = (kind: Kind, end: number): Token => {
      this.at = end;
      return { kind, start, end };
    };
    if (c === undefined) return token('end', start);
    switch (c) {
      case '{':
      case '}':
      case '[':
      case ']':
      case ',':
      case ':':
      case '=':
        return token(c, start + 1);
      case '"': {
        let i = start + 1;
        for (; i < text.length; i++) {
          const d = text[i]!;
          if (d === '\\') i++;
          else if (d === '"') return token('string', i + 1);
          else if (d < ' ') break;
        }
        return token('string', Math.min(i, text.length));
      }
    }
    const rest = (pattern: RegExp): number => {
      pattern.lastIndex = start;
      return start + (pattern.exec(text)?.[0].length ?? 0);
    };
    if (/[-+.0-9]/.test(c)) return token('number', rest(/[-+.eE0-9]+/y));
    if (/[a-zA-Z]/.test(c)) return token('keyword', rest(/[a-zA-Z_]+/y));
    this.at = text.length;
    return { kind: 'invalid', start, end: start + 1 };
  }

  private valueOrNothing(): JsonNode | undefined {
    const token = this.next;
    switch (token.kind) {
      case '{':
      case '[': {
        if (this.depth >= MAX_DEPTH) {
          this.at = this.source.text.length;
          this.read();
          this.fail('Nesting too deep', `JSON may be nested at most ${MAX_DEPTH} levels deep.`, token);
          return;
        }
        this.depth++;
        const node = token.kind === '{' ? this.object() : this.array();
        this.depth--;
        return node;
      }
      case 'number':
        return this.number();
      case 'string':
        return this.string();
      case 'keyword':
        return this.keyword();
      case '}': {
        this.fail('Missing JSON value', VALUE_HINT, token);
        return;
      }
      case ']': {
        this.fail('Missing array element value', VALUE_HINT, token);
        return;
      }
      case 'end': {
        this.fail('Missing value', 'The JSON data ends prematurely.', token);
        return;
      }
      default: {
        this.fail('Invalid start of value', VALUE_HINT, token);
        return;
      }
    }
  }

  /** Reads on to the end of the current bracket. */
  private recover(from: Token, open: Kind, close: Kind): void {
    let token = from;
    for (let level = 1; token.kind !== 'end'; token = this.read()) {
      if (token.kind === open) level++;
      else if (token.kind === close && --level <= 1) return;
    }
  }

  private object(): JsonNode | undefined {
    const open = this.read();
    const properties: JsonProperty[] = [];
    while (this.peek() !== '}') {
      const key = this.value();
      if (key.kind !== 'string') {
        this.fail('Invalid object property name', 'A JSON object property name must be a string', key);
        return;
      }
      const colon = this.read();
      if (colon.kind !== ':') {
        this.recover(colon, '{', '}');
        if (colon.kind === '}' || colon.kind === ',') {
          this.fail(
            'Missing object value',
            'A JSON object attribute must have a value, introduced by a colon.',
            colon,
          );
          return;
        }
        this.fail(
          'Missing property value colon',
          colon.kind === '='
            ? 'JSON uses a colon as its name/value delimiter, not an equals sign.'
            : "A colon must appear between an object property's name and its value.",
          colon,
        );
        return;
      }
      const value = this.value();
      properties.push({ name: key.value, nameStart: key.start, nameEnd: key.end, value });
      if (this.peek() === '}') break;
      if (this.peek() === ',') {
        const comma = this.read();
        if (this.peek() === '}') {
          this.fail(
            'Trailing comma in object',
            'JSON does not permit a trailing comma after the final property in an object.',
            comma,
          );
          return;
        }
        continue;
      }
      if (this.peek() === 'end') {
        this.fail('Unclosed object', 'No closing brace was found for this JSON object.', open);
        return;
      }
      if (this.peek() === ']') {
        this.read();
        this.fail(
          'Mismatched braces',
          'A JSON object must be closed with a brace, not a bracket.',
          this.next,
        );
        return;
      }
      this.recover(this.read(), '{', '}');
      this.fail(
        'Missing attribute seperator comma',
        'A comma must appear between each property definition in an object.',
        this.next,
      );
      return;
    }
    const close = this.read();
    return { kind: 'object', properties, start: open.start, end: close.end };
  }

  private array(): JsonNode | undefined {
    const open = this.read();
    const values: JsonNode[] = [];
    while (this.peek() !== ']') {
      values.push(this.value());
      if (this.peek() === ']') break;
      if (this.peek() === ',') {
        const comma = this.read();
        if (this.peek() === ']') {
          this.fail(
            'Trailing comma in array',
            'JSON does not permit a trailing comma after the final value in an array.',
            comma,
          );
          return;
        }
        continue;
      }
      const { kind } = this.next;
      this.recover(this.read(), '[', ']');
      switch (kind) {
        case ':': {
          this.fail(
            'Invalid array value',
            'A colon is not used to introduce values in a JSON array.',
            this.next,
          );
          return;
        }
        case 'end': {
          this.fail('Unclosed object', 'No closing bracket was found for this JSON array.', open);
          return;
        }
        case '}': {
          this.fail(
            'Mismatched brackets',
            'A JSON array must be closed with a bracket, not a brace.',
            this.next,
          );
          return;
        }
        default: {
          this.fail(
            'Missing attribute seperator comma',
            'A comma must appear between each value in an array.',
            this.next,
          );
          return;
        }
      }
    }
    const close = this.read();
    return { kind: 'array', values, start: open.start, end: close.end };
  }

  private number(): JsonNode | undefined {
    const token = this.read();
    const text = this.source.text.slice(token.start, token.end);
    const value = /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(text) ? parseNumber(text) : undefined;
    if (value === undefined) {
      this.fail('Invalid JSON number', 'There is a syntax error in the given JSON number.', token);
      return;
    }
    return { kind: 'number', value, start: token.start, end: token.end };
  }

  private string(): JsonNode | undefined {
    const token = this.read();
    try {
      const value: unknown = JSON.parse(this.source.text.slice(token.start, token.end));
      return { kind: 'string', value: wellFormed(String(value)), start: token.start, end: token.end };
    } catch {
      this.fail('Invalid JSON string', 'There is a syntax error in the given JSON string.', token);
      return;
    }
  }

  private keyword(): JsonNode | undefined {
    const token = this.read();
    const { start, end } = token;
    const text = this.source.text.slice(start, end);
    switch (text) {
      case 'true':
      case 'false':
        return { kind: 'boolean', value: text === 'true', start, end };
      case 'null':
        return { kind: 'null', start, end };
      case 'undefined':
      case 'NaN':
      case 'Infinity': {
        this.fail(
          'Invalid JSON keyword',
          `The JavaScript identifier "${text}" cannot be used in JSON.`,
          token,
        );
        return;
      }
      default: {
        const near = suggest(text, ['true', 'false', 'null']);
        this.fail(
          'Invalid JSON keyword',
          `"${text}" is not a valid JSON keyword.${near === undefined ? '' : ` Did you mean "${near}"?`}`,
          token,
        );
        return;
      }
    }
  }
}

export const startRange = (node: JsonNode, source: SourceText): SourceRange =>
  node.kind === 'object' || node.kind === 'array'
    ? source.range(node.start, node.start + 1)
    : source.range(node.start, node.end);

import { nfc } from '../values/text.js';
import { graphemeCount, type SourceText } from './source.js';
import { type Node } from './node.js';
import { rangeText } from './range-text.js';
import { T } from './token.js';

type Part =
  | { readonly kind: 'literal'; text: string; start: number; end: number }
  | { readonly kind: 'interpolation'; readonly node: Node; readonly start: number; readonly end: number }
  | { readonly kind: 'if'; readonly condition: Node; readonly start: number; readonly end: number }
  | {
      readonly kind: 'for';
      readonly keyName: string | undefined;
      readonly valueName: string;
      readonly collection: Node;
      readonly start: number;
      readonly end: number;
    }
  | { readonly kind: 'else' | 'endif' | 'endfor'; readonly start: number; readonly end: number }
  | { readonly kind: 'end'; readonly start: number; readonly end: number };

type LiteralPart = Extract<Part, { kind: 'literal' }>;

const SPACE = /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;
const SPACE_END = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/;

/** What templates need of the parser whose expressions they hold. */
export interface ExpressionParser {
  readonly source: SourceText;
  readonly kind: number;
  readonly start: number;
  readonly end: number;
  readonly recovery: boolean;
  peek(): number;
  read(): number;
  text(): string;
  literalText(): string;
  isWord(word: string): boolean;
  enter(): boolean;
  leave(): void;
  parseExpression(): Node;
  recover(end: number): number;
  countNewlines(count: boolean): boolean;
  suggestion(given: string, candidates: readonly string[]): string;
  error(
    summary: string,
    detail: string,
    start: number,
    end: number,
    context?: readonly [number, number],
  ): void;
}

export interface ParsedTemplate {
  readonly nodes: readonly Node[];
  /** The one interpolation, where the template is nothing else. */
  readonly whole: Node | undefined;
  readonly start: number;
  readonly end: number;
}

/** Templates: first a flat list of parts with spaces trimmed, then the tree of directives. */
export class TemplateParser {
  private parts: Part[] = [];
  private at = 0;

  constructor(private readonly parser: ExpressionParser) {}

  /** Reads up to and including the token `end`. */
  parse(end: number, flush: boolean): ParsedTemplate {
    const { start, end: stop } = this.readParts(end);
    if (flush) this.flushIndentation();
    this.meld();
    const nodes: Node[] = [];
    while (this.parts[this.at]!.kind !== 'end') nodes.push(this.parseNode());
    const [first] = this.parts;
    const whole = this.parts.length === 2 && first!.kind === 'interpolation' ? first!.node : undefined;
    return { nodes: nodes.slice(), whole, start, end: stop };
  }

  private readParts(end: number): { start: number; end: number } {
    const { parser } = this;
    parser.peek();
    const { start: templateStart, end: startEnd } = parser;
    let trimNext = false;
    let literalBefore = false;
    let stop: number;
    for (;;) {
      const kind = parser.read();
      const { start } = parser;
      if (kind === end) {
        stop = parser.end;
        this.parts.push({ kind: 'end', start, end: stop });
        break;
      }
      const trim = trimNext;
      const trimsBefore = literalBefore;
      trimNext = false;
      literalBefore = false;
      if (kind === T.StringLit || kind === T.QuotedLit) {
        const text = parser.literalText();
        this.parts.push({
          kind: 'literal',
          text: trim ? text.replace(SPACE, '') : text,
          start,
          end: parser.end,
        });
        literalBefore = true;
        continue;
      }
      if (kind === T.TemplateInterp || kind === T.TemplateControl) {
        if (trimsBefore && parser.end - start === 3) {
          const before = this.parts[this.parts.length - 1];
          if (before?.kind === 'literal') before.text = before.text.replace(SPACE_END, '');
        }
        const newlines = parser.countNewlines(false);
        trimNext =
          kind === T.TemplateInterp
            ? this.readInterpolation(start, templateStart, startEnd, end)
            : this.readDirective(start, templateStart);
        parser.countNewlines(newlines);
        continue;
      }
      if (!parser.recovery)
        parser.error(
          'Unterminated template string',
          'No closing marker was found for the string.',
          start,
          parser.end,
          [templateStart, parser.end],
        );
      parser.recover(end);
      stop = parser.end;
      this.parts.push({ kind: 'end', start: parser.start, end: stop });
      break;
    }
    if (this.parts.length === 1) {
      // Between the quotes, as the place of the empty text.
      this.parts.unshift({ kind: 'literal', text: '', start: startEnd, end: startEnd });
    }
    return { start: templateStart, end: stop };
  }

  /** Whether the sequence ends with `~}`. */
  private readInterpolation(start: number, templateStart: number, startEnd: number, end: number): boolean {
    const { parser } = this;
    const node = parser.parseExpression();
    const close = parser.peek();
    const { start: closeStart, end: closeEnd } = parser;
    let trims = false;
    if (close === T.TemplateSeqEnd) {
      parser.read();
      trims = closeEnd - closeStart === 2;
    } else {
      if (!parser.recovery) {
        const unclosed = 'Unclosed template interpolation sequence';
        const extra = 'Extra characters after interpolation expression';
        if (close === T.EOF)
          parser.error(
            unclosed,
            'There is no closing brace for this interpolation sequence before the end of the file. This might be caused by incorrect nesting inside the given expression.',
            templateStart,
            startEnd,
          );
        else if (close === T.Colon)
          parser.error(
            extra,
            'Template interpolation doesn\'t expect a colon at this location. Did you intend this to be a literal sequence to be processed as part of another language? If so, you can escape it by starting with "$${" instead of just "${".',
            closeStart,
            closeEnd,
            [templateStart, closeEnd],
          );
        else if ((close === T.CQuote || close === T.OQuote) && end === T.CQuote)
          parser.error(
            unclosed,
            'There is no closing brace for this interpolation sequence before the end of the quoted template. This might be caused by incorrect nesting inside the given expression.',
            templateStart,
            startEnd,
          );
        else
          parser.error(
            extra,
            'Expected a closing brace to end the interpolation expression, but found extra characters.\n\nThis can happen when you include interpolation syntax for another language, such as shell scripting, but forget to escape the interpolation start token. If this is an embedded sequence for another language, escape it by starting with "$${" instead of just "${".',
            closeStart,
            closeEnd,
            [templateStart, closeEnd],
          );
      }
      parser.recover(T.TemplateSeqEnd);
    }
    this.parts.push({ kind: 'interpolation', node, start, end: closeEnd });
    return trims;
  }

  private readDirective(start: number, templateStart: number): boolean {
    const { parser } = this;
    const fail = (summary: string, detail: string, context: boolean): boolean => {
      if (!parser.recovery) {
        parser.peek();
        parser.error(summary, detail, parser.start, parser.end, context ? [start, parser.end] : undefined);
      }
      parser.recover(T.TemplateSeqEnd);
      return false;
    };
    if (parser.peek() !== T.Ident)
      return fail(
        'Invalid template directive',
        'A template directive keyword ("if", "for", etc) is expected at the beginning of a %{ sequence.',
        true,
      );
    const keyword = parser.text();
    switch (keyword) {
      case 'if': {
        parser.read();
        const condition = parser.parseExpression();
        parser.peek();
        this.parts.push({ kind: 'if', condition, start, end: parser.end });
        break;
      }
      case 'else':
      case 'endif':
      case 'endfor':
        parser.read();
        parser.peek();
        this.parts.push({ kind: keyword, start, end: parser.end });
        break;
      case 'for': {
        parser.read();
        const summary = "Invalid 'for' directive";
        if (parser.peek() !== T.Ident)
          return fail(summary, "For directive requires variable name after 'for'.", false);
        parser.read();
        let valueName = nfc(parser.text());
        let keyName: string | undefined;
        if (parser.peek() === T.Comma) {
          keyName = valueName;
          parser.read();
          if (parser.peek() !== T.Ident)
            return fail(summary, 'For directive requires value variable name after comma.', false);
          parser.read();
          valueName = nfc(parser.text());
        }
        if (!parser.isWord('in'))
          return fail(summary, "For directive requires 'in' keyword after names.", false);
        parser.read();
        const collection = parser.parseExpression();
        parser.peek();
        this.parts.push({ kind: 'for', keyName, valueName, collection, start, end: parser.end });
        break;
      }
      default:
        return fail(
          'Invalid template control keyword',
          `"${keyword}" is not a valid template control keyword.${parser.suggestion(keyword, ['if', 'for', 'else', 'endif', 'endfor'])}`,
          true,
        );
    }
    if (parser.peek() === T.TemplateSeqEnd) {
      parser.read();
      return parser.end - parser.start === 2;
    }
    if (!parser.recovery)
      parser.error(
        `Extra characters in ${keyword} marker`,
        'Expected a closing brace to end the sequence, but found extra characters.',
        parser.start,
        parser.end,
        [templateStart, parser.end],
      );
    parser.recover(T.TemplateSeqEnd);
    return false;
  }

  /** `<<-`: takes the smallest indentation of any line off all lines. Only literal text counts. */
  private flushIndentation(): void {
    let least = Infinity;
    let lineStart = true;
    const adjust: LiteralPart[] = [];
    for (const part of this.parts) {
      if (lineStart) {
        lineStart = false;
        let spaces = 0;
        if (part.kind === 'literal') {
          const indentation = SPACE.exec(part.text)?.[0] ?? '';
          if (indentation.length === part.text.length && part.text.endsWith('\n')) spaces = Infinity;
          else {
            spaces = graphemeCount(indentation);
            adjust.push(part);
          }
        } else if (part.kind === 'end') break;
        least = Math.min(least, spaces);
      }
      if (part.kind === 'literal' && part.text.endsWith('\n')) lineStart = true;
    }
    if (least === 0 || least === Infinity) return;
    for (const part of adjust) {
      // Indentation is one cluster a character, except for "\r\n".
      let cut = 0;
      for (let i = 0; i < least && cut < part.text.length; i++)
        cut += part.text.startsWith('\r\n', cut) ? 2 : 1;
      part.text = part.text.slice(cut);
      part.start += cut;
    }
  }

  private meld(): void {
    const melded: Part[] = [];
    for (const part of this.parts) {
      const before = melded[melded.length - 1];
      if (part.kind === 'literal' && before?.kind === 'literal') {
        before.text += part.text;
        before.end = part.end;
      } else melded.push(part);
    }
    this.parts = melded;
  }

  private parseNode(): Node {
    const part = this.parts[this.at]!;
    if (part.kind !== 'end') this.at++;
    const { start, end } = part;
    switch (part.kind) {
      case 'literal':
        return { kind: 'literal', value: nfc(part.text), start, end };
      case 'interpolation':
        return part.node;
      case 'if':
      case 'for': {
        if (!this.parser.enter()) {
          this.at = this.parts.length - 1;
          return { kind: 'broken', start, end };
        }
        const node = part.kind === 'if' ? this.parseIf(part) : this.parseFor(part);
        this.parser.leave();
        return node;
      }
      default:
        this.parser.error(
          part.kind === 'end' ? 'Unexpected end of template' : `Unexpected ${part.kind} directive`,
          'The control directives within this template are unbalanced.',
          start,
          end,
        );
        return { kind: 'broken', start, end };
    }
  }

  private parseIf(open: Extract<Part, { kind: 'if' }>): Node {
    const { parser } = this;
    const where = (): string => rangeText(parser.source.range(open.start, open.end));
    const yes: Node[] = [];
    const no: Node[] = [];
    let current = yes;
    for (;;) {
      const part = this.parts[this.at]!;
      const { start, end } = part;
      const fail = (summary: string, detail: string): Node => {
        parser.error(summary, detail, start, end);
        return { kind: 'broken', start, end };
      };
      switch (part.kind) {
        case 'end':
          return fail(
            'Unexpected end of template',
            `The if directive at ${where()} is missing its corresponding endif directive.`,
          );
        case 'else':
          this.at++;
          if (current === no)
            return fail(
              'Unexpected else directive',
              `Already in the else clause for the if started at ${where()}.`,
            );
          current = no;
          break;
        case 'endif':
          this.at++;
          return {
            kind: 'conditional',
            condition: open.condition,
            yes: block(yes, open.end),
            no: block(no, start),
            start: open.start,
            end,
          };
        case 'endfor':
          this.at++;
          return fail(
            'Unexpected endfor directive',
            `Expecting an endif directive for the if started at ${where()}.`,
          );
        default:
          current.push(this.parseNode());
      }
    }
  }

  private parseFor(open: Extract<Part, { kind: 'for' }>): Node {
    const { parser } = this;
    const where = (): string => rangeText(parser.source.range(open.start, open.end));
    const content: Node[] = [];
    for (;;) {
      const part = this.parts[this.at]!;
      const { start, end } = part;
      const fail = (summary: string, detail: string): Node => {
        parser.error(summary, detail, start, end);
        return { kind: 'broken', start, end };
      };
      switch (part.kind) {
        case 'end':
          return fail(
            'Unexpected end of template',
            `The for directive at ${where()} is missing its corresponding endfor directive.`,
          );
        case 'else':
          this.at++;
          return fail('Unexpected else directive', 'An else clause is not expected for a for directive.');
        case 'endif':
          this.at++;
          return fail(
            'Unexpected endif directive',
            `Expecting an endfor directive corresponding to the for directive at ${where()}.`,
          );
        case 'endfor': {
          this.at++;
          const tuple: Node = {
            kind: 'for',
            keyName: open.keyName,
            valueName: open.valueName,
            collection: open.collection,
            key: undefined,
            value: block(content, open.end),
            condition: undefined,
            group: false,
            openEnd: open.end,
            closeStart: start,
            start: open.start,
            end,
          };
          return { kind: 'join', tuple, start: open.start, end };
        }
        default:
          content.push(this.parseNode());
      }
    }
  }
}

function block(parts: readonly Node[], emptyAt: number): Node {
  const all: readonly Node[] =
    parts.length > 0 ? parts : [{ kind: 'literal', value: '', start: emptyAt, end: emptyAt }];
  return { kind: 'template', parts: all, start: all[0]!.start, end: all[all.length - 1]!.end };
}

import { type Diagnostic } from '../../kernel/diagnostic.js';
import { parseNumber } from '../number/index.js';
import { nfc } from '../values/text.js';
import { NULL, UNKNOWN, unknown, type Value } from '../values/value.js';
import { NUMBER } from '../values/type.js';
import {
  type AttributeNode,
  type BinaryOperator,
  type BlockNode,
  type BodyNode,
  type CallNode,
  type Node,
  type ObjectKeyNode,
  type SplatItemNode,
  type Step,
} from './node.js';
import { type SourceText } from './source.js';
import { unescape, type EscapeFault } from './string-literal.js';
import { suggest } from './suggest.js';
import { literalText } from './literal-text.js';
import { rangeText } from './range-text.js';
import { TemplateParser } from './template-parser.js';
import { T, type Tokens } from './token.js';

/** Deepest nesting of expressions and blocks that is accepted; beyond it, a diagnostic. */
export const MAX_DEPTH = 400;

const OPERATORS: ReadonlyMap<number, { readonly operator: BinaryOperator; readonly level: number }> = new Map(
  [
    [T.Or, { operator: '||', level: 0 }],
    [T.And, { operator: '&&', level: 1 }],
    [T.EqualOp, { operator: '==', level: 2 }],
    [T.NotEqual, { operator: '!=', level: 2 }],
    [T.GreaterThan, { operator: '>', level: 3 }],
    [T.GreaterThanEq, { operator: '>=', level: 3 }],
    [T.LessThan, { operator: '<', level: 3 }],
    [T.LessThanEq, { operator: '<=', level: 3 }],
    [T.Plus, { operator: '+', level: 4 }],
    [T.Minus, { operator: '-', level: 4 }],
    [T.Star, { operator: '*', level: 5 }],
    [T.Slash, { operator: '/', level: 5 }],
    [T.Percent, { operator: '%', level: 5 }],
  ],
);
const LEVELS = 6;

const OPPOSITE: ReadonlyMap<number, number> = new Map([
  [T.OBrace, T.CBrace],
  [T.OBrack, T.CBrack],
  [T.OParen, T.CParen],
  [T.OQuote, T.CQuote],
  [T.OHeredoc, T.CHeredoc],
  [T.CBrace, T.OBrace],
  [T.CBrack, T.OBrack],
  [T.CParen, T.OParen],
  [T.CQuote, T.OQuote],
  [T.CHeredoc, T.OHeredoc],
  [T.TemplateSeqEnd, T.TemplateInterp],
]);

/** Recursive descent over scanned tokens. Faults become diagnostics, and the parser goes on behind them. */
export class Parser {
  readonly diagnostics: Diagnostic[] = [];
  recovery = false;
  private at = 0;
  private newlines = true;
  private depth = 0;
  private tooDeep = false;

  constructor(
    readonly source: SourceText,
    private readonly tokens: Tokens,
    private readonly lenient = false,
  ) {}

  // Reading. `kind` and the like tell of the token that `peek` found or `read` took.

  kind = 0;
  start = 0;
  end = 0;

  peek(): number {
    this.seek();
    return this.kind;
  }

  read(): number {
    this.at = this.seek() + 1;
    return this.kind;
  }

  /** Index of the next token that counts. */
  private seek(): number {
    const { kinds, starts, ends } = this.tokens;
    const last = kinds.length - 1;
    let i = this.at;
    let kind: number = T.EOF;
    for (; i < last; i++) {
      kind = kinds[i]!;
      if (kind === T.Comment) {
        // A line comment takes its newline with it.
        if (!this.newlines || this.source.text.charCodeAt(ends[i]! - 1) !== 0x0a) continue;
        kind = T.Newline;
      } else if (kind === T.Newline && !this.newlines) continue;
      break;
    }
    if (i >= last) {
      i = last;
      kind = T.EOF;
    }
    this.kind = kind;
    this.start = starts[i]!;
    this.end = ends[i]!;
    return i;
  }

  private get previousEnd(): number {
    return this.at === 0 ? this.nextEnd() : this.tokens.ends[Math.min(this.at, this.tokens.ends.length) - 1]!;
  }

  private get previousStart(): number {
    if (this.at > 0) return this.tokens.starts[Math.min(this.at, this.tokens.starts.length) - 1]!;
    this.peek();
    return this.start;
  }

  private nextEnd(): number {
    this.peek();
    return this.end;
  }

  text(): string {
    return this.source.text.slice(this.start, this.end);
  }

  /** A stretch of the text in normal form. */
  private name(start: number, end: number): string {
    const text = this.source.text.slice(start, end);
    return this.source.ascii ? text : nfc(text);
  }

  private isKeyword(word: string): boolean {
    return this.peek() === T.Ident && this.end - this.start === word.length && this.text() === word;
  }

  /** Runs with newlines counted or not. */
  withNewlines<R>(count: boolean, body: () => R): R {
    const before = this.newlines;
    this.newlines = count;
    const result = body();
    this.newlines = before;
    return result;
  }

  // Diagnostics

  error(
    summary: string,
    detail: string,
    start: number,
    end: number,
    context?: readonly [number, number],
  ): void {
    this.diagnostics.push({
      severity: 'error',
      code: 'hcl/syntax',
      summary,
      detail,
      subject: this.source.range(start, end),
      ...(context && { context: this.source.range(context[0], context[1]) }),
    });
  }

  private errorHere(summary: string, detail: string, contextStart?: number): void {
    const { start, end } = this;
    this.error(summary, detail, start, end, contextStart === undefined ? undefined : [contextStart, end]);
  }

  private warn(code: string, summary: string, detail: string, start: number, end: number): void {
    this.diagnostics.push({
      severity: 'warning',
      code,
      summary,
      detail,
      subject: this.source.range(start, end),
    });
  }

  /** Whether an error came since `mark` while the parser is lost. */
  private lost(mark: number): boolean {
    return this.recovery && this.diagnostics.length > mark;
  }

  // Recovery

  /** Reads past the next `end` at this level; afterwards the token read is that, or the end of the text. */
  recover(end: number): number {
    const opener = OPPOSITE.get(end);
    this.recovery = true;
    let nest = 0;
    for (;;) {
      let kind = this.read();
      if (end === T.TemplateSeqEnd && kind === T.TemplateControl) kind = T.TemplateInterp;
      if (kind === opener) nest++;
      else if (kind === end) {
        if (nest < 1) return kind;
        nest--;
      } else if (kind === T.EOF) return kind;
    }
  }

  private recoverOver(open: number): void {
    for (;;) {
      const kind = this.read();
      if (kind === open || kind === T.EOF) break;
    }
    this.recover(OPPOSITE.get(open)!);
  }

  private recoverAfterItem(): void {
    this.recovery = true;
    const open: number[] = [];
    for (;;) {
      switch (this.read()) {
        case T.Newline:
          if (open.length === 0) return;
          break;
        case T.EOF:
          return;
        case T.OBrace:
        case T.OBrack:
        case T.OParen:
        case T.OQuote:
        case T.OHeredoc:
        case T.TemplateInterp:
        case T.TemplateControl:
          open.push(this.kind);
          break;
        case T.CBrace:
        case T.CBrack:
        case T.CParen:
        case T.CQuote:
        case T.CHeredoc: {
          const opener = OPPOSITE.get(this.kind);
          while (open.length > 0 && open[open.length - 1] !== opener) open.pop();
          open.pop();
          break;
        }
        case T.TemplateSeqEnd:
          while (
            open.length > 0 &&
            open[open.length - 1] !== T.TemplateInterp &&
            open[open.length - 1] !== T.TemplateControl
          )
            open.pop();
          open.pop();
          break;
      }
    }
  }

  /** Guards the stack: runs `body`, or reports once that the text nests too deeply and gives `otherwise`. */
  private nested<R>(body: () => R, otherwise: () => R): R {
    if (this.depth >= MAX_DEPTH) {
      this.peek();
      if (!this.tooDeep)
        this.errorHere(
          'Nesting too deep',
          `Expressions and blocks may be nested at most ${MAX_DEPTH} levels deep. Move inner parts into values of their own.`,
        );
      this.tooDeep = true;
      this.recovery = true;
      return otherwise();
    }
    this.depth++;
    const result = body();
    this.depth--;
    return result;
  }

  // Bodies

  parseBody(end: number, enclosing?: string): BodyNode {
    const attributes = new Map<string, AttributeNode>();
    const blocks: BlockNode[] = [];
    const items: (AttributeNode | BlockNode)[] = [];
    const start = this.previousStart;
    const startEnd = this.previousEnd;
    let bodyEnd: number;
    for (;;) {
      const kind = this.peek();
      if (kind === end) {
        bodyEnd = this.end;
        this.read();
        break;
      }
      if (kind === T.Newline) {
        this.read();
        continue;
      }
      if (kind === T.Ident) {
        if (this.lenient && enclosing !== undefined && this.closesMissingBrace(enclosing)) {
          bodyEnd = this.previousEnd;
          break;
        }
        const item = this.parseBodyItem();
        if (item === undefined) continue;
        if (item.kind === 'block') {
          blocks.push(item);
          items.push(item);
          continue;
        }
        const existing = attributes.get(item.name);
        if (existing === undefined) {
          attributes.set(item.name, item);
          items.push(item);
        } else {
          const range = this.source.range(existing.start, existing.nameEnd);
          this.diagnostics.push({
            severity: 'error',
            code: 'hcl/attribute-redefined',
            summary: 'Attribute redefined',
            detail: `The argument "${item.name}" was already set at ${rangeText(range)}. Each argument may be set only once.`,
            subject: this.source.range(item.start, item.nameEnd),
            related: [{ message: 'the first definition', range }],
          });
        }
        continue;
      }
      if (this.lenient && kind === T.Ellipsis) {
        const { start: dots, end: dotsEnd } = this;
        this.read();
        const after = this.peek();
        if (after === T.Newline || after === end || after === T.EOF) {
          this.warn(
            'hcl/lenient-ellipsis',
            'Ellipsis ignored',
            'A line "..." stands for what was left out and means nothing here. Remove it.',
            dots,
            dotsEnd,
          );
          continue;
        }
        this.error(
          'Argument or block definition required',
          'An argument or block definition is required here.',
          dots,
          dotsEnd,
        );
        bodyEnd = this.previousEnd;
        this.recover(end);
        break;
      }
      this.read();
      if (!this.recovery) {
        if (kind === T.OQuote) this.errorHere('Invalid argument name', 'Argument names must not be quoted.');
        else if (kind === T.EOF)
          this.error(
            'Unclosed configuration block',
            'There is no closing brace for this block before the end of the file. This may be caused by incorrect brace nesting elsewhere in this file.',
            start,
            startEnd,
          );
        else
          this.errorHere(
            'Argument or block definition required',
            'An argument or block definition is required here.',
          );
      }
      bodyEnd = this.previousEnd;
      this.recover(end);
      break;
    }
    return {
      kind: 'body',
      attributes,
      blocks: blocks.slice(),
      items: items.slice(),
      start,
      end: bodyEnd,
      endAt: bodyEnd,
    };
  }

  /** FIG. 5 as printed: a block of the enclosing block's own type begins, so that its closing brace was forgotten. */
  private closesMissingBrace(enclosing: string): boolean {
    if (this.text() !== enclosing) return false;
    const { kinds } = this.tokens;
    let i = this.seek() + 1;
    let labels = 0;
    while (
      kinds[i] === T.Ident ||
      kinds[i] === T.OQuote ||
      kinds[i] === T.QuotedLit ||
      kinds[i] === T.CQuote
    ) {
      i++;
      labels++;
    }
    if (labels === 0 || kinds[i] !== T.OBrace) return false;
    this.warn(
      'hcl/lenient-missing-brace',
      'Missing closing brace',
      `Another "${enclosing}" block begins within a "${enclosing}" block, so the outer one is taken to end before it. Add "}" above this line.`,
      this.start,
      this.end,
    );
    return true;
  }

  private parseBodyItem(): AttributeNode | BlockNode | undefined {
    this.read();
    const { start, end } = this;
    switch (this.peek()) {
      case T.Equal:
        return this.finishAttribute(start, end, false);
      case T.OQuote:
      case T.OBrace:
      case T.Ident:
        return this.finishBlock(start, end);
      default:
        this.recoverAfterItem();
        this.error(
          'Argument or block definition required',
          'An argument or block definition is required here. To set an argument, use the equals sign "=" to introduce the argument value.',
          start,
          end,
        );
        return undefined;
    }
  }

  private parseSingleAttributeBody(): BodyNode | undefined {
    const kind = this.read();
    const { start, end } = this;
    if (kind !== T.Ident) {
      this.recoverAfterItem();
      this.error(
        'Argument or block definition required',
        'An argument or block definition is required here.',
        start,
        end,
      );
      return undefined;
    }
    switch (this.peek()) {
      case T.Equal: {
        const attribute = this.finishAttribute(start, end, true);
        return {
          kind: 'body',
          attributes: new Map([[attribute.name, attribute]]),
          blocks: [],
          items: [attribute],
          start,
          end: attribute.end,
          endAt: attribute.end,
        };
      }
      case T.OQuote:
      case T.OBrace:
      case T.Ident: {
        const nextEnd = this.end;
        this.recoverAfterItem();
        this.error(
          'Argument definition required',
          `A single-line block definition can contain only a single argument. If you meant to define argument "${this.source.text.slice(start, end)}", use an equals sign to assign it a value. To define a nested block, place it on a line of its own within its parent block.`,
          start,
          nextEnd,
        );
        return undefined;
      }
      default:
        this.recoverAfterItem();
        this.error(
          'Argument or block definition required',
          'An argument or block definition is required here. To set an argument, use the equals sign "=" to introduce the argument value.',
          start,
          end,
        );
        return undefined;
    }
  }

  private finishAttribute(start: number, nameEnd: number, singleLine: boolean): AttributeNode {
    this.read();
    const equals = this.start;
    const mark = this.diagnostics.length;
    const value = this.parseExpression();
    const end = this.previousEnd;
    if (this.lost(mark)) this.recoverAfterItem();
    else if (!singleLine) {
      const after = this.peek();
      if (after === T.Newline || after === T.EOF) this.read();
      else {
        if (!this.recovery) {
          const comma = after === T.Comma;
          this.errorHere(
            comma ? 'Unexpected comma after argument' : 'Missing newline after argument',
            `${comma ? 'Argument definitions must be separated by newlines, not commas. ' : ''}An argument definition must end with a newline.`,
            start,
          );
        }
        this.recoverAfterItem();
      }
    }
    return {
      kind: 'attribute',
      name: this.name(start, nameEnd),
      nameEnd,
      equals,
      value,
      start,
      end,
    };
  }

  private finishBlock(start: number, typeEnd: number): BlockNode {
    const type = this.name(start, typeEnd);
    const labels: { text: string; start: number; end: number }[] = [];
    let open: number;
    for (;;) {
      const kind = this.peek();
      if (kind === T.OBrace) {
        this.read();
        open = this.start;
        break;
      }
      if (kind === T.OQuote) {
        labels.push(this.parseQuotedLiteral());
        continue;
      }
      if (kind === T.Ident) {
        this.read();
        labels.push({ text: this.name(this.start, this.end), start: this.start, end: this.end });
        continue;
      }
      if (kind === T.Equal)
        this.errorHere(
          'Invalid block definition',
          'The equals sign "=" indicates an argument definition, and must not be used when defining a block.',
          start,
        );
      else if (kind === T.Newline)
        this.errorHere(
          'Invalid block definition',
          'A block definition must have block content delimited by "{" and "}", starting on the same line as the block header.',
          start,
        );
      else if (!this.recovery)
        this.errorHere(
          'Invalid block definition',
          'Either a quoted string block label or an opening brace ("{") is expected here.',
          start,
        );
      this.recoverAfterItem();
      const body = emptyBody(start, typeEnd);
      return { kind: 'block', type, typeEnd, labels, open: start, close: start, body, start, end: typeEnd };
    }
    const openEnd = open + 1;
    let body: BodyNode | undefined;
    switch (this.peek()) {
      case T.Newline:
      case T.EOF:
      case T.CBrace:
        body = this.nested(
          () => this.parseBody(T.CBrace, type),
          () => {
            this.recover(T.CBrace);
            return undefined;
          },
        );
        break;
      default:
        body = this.parseSingleAttributeBody();
        this.finishSingleLine(start, open);
    }
    const close = this.previousStart;
    const closeEnd = this.previousEnd;
    const after = this.peek();
    const braceAdded = this.lenient && this.source.text[close] !== '}';
    if (after === T.Newline || after === T.EOF) this.read();
    else if (!braceAdded) {
      if (!this.recovery)
        this.errorHere(
          'Missing newline after block definition',
          'A block definition must end with a newline.',
          start,
        );
      this.recoverAfterItem();
    }
    body ??= emptyBody(open, closeEnd);
    return {
      kind: 'block',
      type,
      typeEnd,
      labels: labels.slice(),
      open,
      close: Math.max(close, openEnd),
      body,
      start,
      end: closeEnd,
    };
  }

  private finishSingleLine(start: number, open: number): void {
    const summary = 'Invalid single-argument block definition';
    switch (this.peek()) {
      case T.CBrace:
        this.read();
        return;
      case T.Comma:
        this.errorHere(
          summary,
          'Single-line block syntax can include only one argument definition. To define multiple arguments, use the multi-line block syntax with one argument definition per line.',
        );
        break;
      case T.Newline:
        this.errorHere(
          summary,
          "An argument definition on the same line as its containing block creates a single-line block definition, which must also be closed on the same line. Place the block's closing brace immediately after the argument definition.",
        );
        break;
      case T.EOF:
        if (!this.recovery)
          this.error(
            'Unclosed configuration block',
            'There is no closing brace for this block before the end of the file. This may be caused by incorrect brace nesting elsewhere in this file.',
            open,
            open + 1,
            [start, open + 1],
          );
        break;
      default:
        if (!this.recovery)
          this.errorHere(
            summary,
            'A single-line block definition must end with a closing brace immediately after its single argument definition.',
          );
    }
    this.recover(T.CBrace);
  }

  // Expressions

  parseExpression(): Node {
    return this.nested(
      () => this.parseConditional(),
      () => this.broken(),
    );
  }

  /** The expression that the text is as a whole. */
  parseWholeExpression(): Node {
    this.newlines = false;
    const node = this.parseExpression();
    if (this.peek() !== T.EOF && !this.recovery)
      this.errorHere(
        'Extra characters after expression',
        'An expression was successfully parsed, but extra characters were found after it.',
      );
    return node;
  }

  private broken(): Node {
    this.peek();
    return { kind: 'broken', start: this.start, end: this.end };
  }

  private parseConditional(): Node {
    this.peek();
    const { start } = this;
    let mark = this.diagnostics.length;
    const condition = this.parseBinary(0);
    if (this.lost(mark) || this.peek() !== T.Question) return condition;
    this.read();
    mark = this.diagnostics.length;
    const yes = this.parseExpression();
    if (this.lost(mark)) return condition;
    if (this.peek() !== T.Colon) {
      this.errorHere(
        'Missing false expression in conditional',
        'The conditional operator (...?...:...) requires a false expression, delimited by a colon.',
        start,
      );
      return condition;
    }
    this.read();
    mark = this.diagnostics.length;
    const no = this.parseExpression();
    if (this.lost(mark)) return condition;
    return { kind: 'conditional', condition, yes, no, start, end: no.end };
  }

  /** Precedence climbing; all operators are left-associative. */
  private parseBinary(level: number): Node {
    const mark = this.diagnostics.length;
    let left = this.parseTerm();
    if (this.lost(mark)) return left;
    let chain = 0;
    for (;;) {
      const found = OPERATORS.get(this.peek());
      if (found === undefined || found.level < level) break;
      this.read();
      const rightMark = this.diagnostics.length;
      const right = found.level + 1 < LEVELS ? this.parseBinary(found.level + 1) : this.parseTerm();
      if (this.lost(rightMark)) break;
      if (++chain + this.depth > MAX_DEPTH * 4) {
        this.error(
          'Expression too long',
          `An expression may chain at most ${MAX_DEPTH * 4} operators. Use functions such as sum, join or concat, or values of their own.`,
          left.start,
          right.end,
        );
        this.recovery = true;
        break;
      }
      left = { kind: 'binary', operator: found.operator, left, right, start: left.start, end: right.end };
    }
    return left;
  }

  private parseTerm(): Node {
    return this.parseSteps(this.parsePrimary());
  }

  private parseSteps(from: Node): Node {
    let node = from;
    for (;;) {
      const kind = this.peek();
      if (kind === T.Dot) node = this.parseDot(node, from);
      else if (kind === T.OBrack) node = this.parseBracket(node, from);
      else return node;
    }
  }

  private parseDot(node: Node, from: Node): Node {
    this.read();
    const dot = this.start;
    const dotEnd = this.end;
    switch (this.peek()) {
      case T.Ident: {
        this.read();
        return extend(node, {
          kind: 'attribute',
          name: this.name(this.start, this.end),
          start: dot,
          end: this.end,
        });
      }
      case T.NumberLit: {
        this.read();
        return extend(node, this.legacyIndex(dot, this.start, this.end, ''));
      }
      case T.Star:
        return this.parseAttributeSplat(node, from, dot);
      default:
        this.errorHere('Invalid attribute name', 'An attribute name is required after a dot.');
        this.recovery = true;
        return { kind: 'broken', start: from.start, end: dotEnd };
    }
  }

  /** `.0`, inherited from HCL's ancestor. `.0.1` reads as a fraction and is refused. */
  private legacyIndex(dot: number, subject: number, subjectEnd: number, hint: string): Step {
    const text = this.text();
    const { end } = this;
    const fraction = text.indexOf('.');
    if (fraction >= 0) {
      this.error(
        'Invalid legacy index syntax',
        `When using the legacy index syntax, chaining two indexes together is not permitted. Use the proper index syntax${hint} instead, like [${text.slice(0, fraction)}][${text.slice(fraction + 1)}].`,
        subject,
        subjectEnd,
      );
      return { kind: 'index', key: UNKNOWN, start: dot, end };
    }
    return { kind: 'index', key: this.numberValue(), start: dot, end };
  }

  private numberValue(): Value {
    const value = parseNumber(this.text());
    if (value !== undefined) return value;
    this.errorHere('Invalid number literal', 'Failed to recognize the value of this number literal.');
    return unknown(NUMBER);
  }

  private parseAttributeSplat(source: Node, from: Node, dot: number): Node {
    this.read();
    const star = this.start;
    const markerEnd = this.end;
    this.peek();
    const first = this.start;
    let last = markerEnd;
    const steps: Step[] = [];
    while (this.peek() === T.Dot) {
      this.read();
      const stepStart = this.start;
      const kind = this.peek();
      if (kind === T.NumberLit) {
        this.read();
        steps.push(this.legacyIndex(stepStart, star, markerEnd, ' with a full splat expression [*]'));
        last = this.end;
        continue;
      }
      if (kind !== T.Ident) {
        if (!this.recovery) {
          if (kind === T.Star)
            this.errorHere(
              'Nested splat expression not allowed',
              'A splat expression (*) cannot be used inside another attribute-only splat expression.',
            );
          else
            this.error(
              'Invalid attribute name',
              'An attribute name is required after a dot.',
              star,
              markerEnd,
            );
        }
        this.recovery = true;
        return source;
      }
      this.read();
      steps.push({
        kind: 'attribute',
        name: this.name(this.start, this.end),
        start: stepStart,
        end: this.end,
      });
      last = this.end;
    }
    const item: SplatItemNode = { kind: 'item', start: dot, end: markerEnd };
    const each: Node =
      steps.length === 0 ? item : { kind: 'relative', source: item, steps, start: first, end: last };
    return { kind: 'splat', source, each, item, markerStart: dot, markerEnd, start: from.start, end: last };
  }

  private parseBracket(node: Node, from: Node): Node {
    this.read();
    const open = this.start;
    if (this.peek() === T.Star) {
      this.read();
      if (this.read() !== T.CBrack && !this.recovery) {
        this.errorHere(
          'Missing close bracket on splat index',
          'The star for a full splat operator must be immediately followed by a closing bracket ("]").',
        );
        this.recover(T.CBrack);
      }
      const item: SplatItemNode = { kind: 'item', start: open, end: this.end };
      const markerEnd = this.end;
      const each = this.nested<Node>(
        () => this.parseSteps(item),
        () => item,
      );
      return {
        kind: 'splat',
        source: node,
        each,
        item,
        markerStart: open,
        markerEnd,
        start: from.start,
        end: each.end,
      };
    }
    return this.withNewlines(false, () => {
      const mark = this.diagnostics.length;
      const key = this.parseExpression();
      if (this.lost(mark)) this.recover(T.CBrack);
      else if (this.read() !== T.CBrack && !this.recovery) {
        this.errorHere(
          'Missing close bracket on index',
          'The index operator must end with a closing bracket ("]").',
        );
        this.recover(T.CBrack);
      }
      const { end } = this;
      const literal = literalKey(key);
      if (literal !== undefined) return extend(node, { kind: 'index', key: literal, start: open, end });
      return { kind: 'index', collection: node, key, open, start: from.start, end };
    });
  }

  private parsePrimary(): Node {
    const kind = this.peek();
    const { start } = this;
    switch (kind) {
      case T.Ident: {
        this.read();
        const { end } = this;
        const next = this.peek();
        if (next === T.OParen || next === T.DoubleColon) return this.finishCall(start, end);
        const name = this.source.text.slice(start, end);
        if (name === 'true') return { kind: 'literal', value: true, start, end };
        if (name === 'false') return { kind: 'literal', value: false, start, end };
        if (name === 'null') return { kind: 'literal', value: NULL, start, end };
        return { kind: 'traversal', root: this.name(start, end), rootEnd: end, steps: NO_STEPS, start, end };
      }
      case T.NumberLit:
        this.read();
        return { kind: 'literal', value: this.numberValue(), start, end: this.end };
      case T.OQuote:
      case T.OHeredoc: {
        this.read();
        if (kind === T.OQuote) {
          const simple = this.simpleString(start);
          if (simple !== undefined) return simple;
        }
        const flush = kind === T.OHeredoc && this.source.text[start + 2] === '-';
        const parts = this.nested(
          () => new TemplateParser(this).parse(kind === T.OQuote ? T.CQuote : T.CHeredoc, flush),
          () => undefined,
        );
        const end = this.previousEnd;
        if (parts === undefined) return { kind: 'broken', start, end };
        if (parts.whole !== undefined) return { kind: 'wrap', inner: parts.whole, start, end };
        return { kind: 'template', parts: parts.nodes, start, end };
      }
      case T.OParen:
        return this.parseParentheses();
      case T.Minus:
      case T.Bang: {
        this.read();
        const operand = this.nested(
          () => this.parseTerm(),
          () => this.broken(),
        );
        return { kind: 'unary', operator: kind === T.Minus ? '-' : '!', operand, start, end: operand.end };
      }
      case T.OBrack:
        return this.parseTuple();
      case T.OBrace:
        return this.parseObject();
      default: {
        const { end } = this;
        if (!this.recovery) {
          if (kind === T.EOF)
            this.errorHere(
              'Missing expression',
              'Expected the start of an expression, but found the end of the file.',
            );
          else
            this.errorHere(
              'Invalid expression',
              'Expected the start of an expression, but found an invalid expression token.',
            );
        }
        this.recovery = true;
        return { kind: 'literal', value: UNKNOWN, start, end };
      }
    }
  }

  /** A quoted string without sequences, which most are; reads to its end. */
  private simpleString(start: number): Node | undefined {
    const { kinds, starts, ends } = this.tokens;
    const { at } = this;
    if (kinds[at] === T.CQuote) {
      this.read();
      const { end } = this;
      // Where the reference places it.
      const literal: Node = { kind: 'literal', value: '', start: end, end };
      return { kind: 'template', parts: [literal], start, end };
    }
    if (kinds[at] !== T.QuotedLit || kinds[at + 1] !== T.CQuote) return undefined;
    this.read();
    const value = this.literalText();
    this.at = at + 2;
    const literal: Node = {
      kind: 'literal',
      value: nfc(value),
      start: starts[at]!,
      end: ends[at]!,
    };
    return { kind: 'template', parts: [literal], start, end: ends[at + 1]! };
  }

  private parseParentheses(): Node {
    this.read();
    const { start } = this;
    return this.withNewlines(false, () => {
      const mark = this.diagnostics.length;
      const inner = this.parseExpression();
      if (this.diagnostics.length > mark) {
        this.recover(T.CParen);
        return inner;
      }
      if (this.peek() !== T.CParen) {
        this.errorHere(
          'Unbalanced parentheses',
          'Expected a closing parenthesis to terminate the expression.',
          start,
        );
        this.recovery = true;
      }
      this.read();
      return { kind: 'parentheses', inner, start, end: this.end };
    });
  }

  private finishCall(start: number, firstEnd: number): Node {
    const { text } = this.source;
    let name = text.slice(start, firstEnd);
    let nameEnd = firstEnd;
    this.read();
    while (this.kind === T.DoubleColon) {
      if (this.read() !== T.Ident) {
        const { end } = this;
        this.errorHere(
          'Missing function name',
          'Function scope resolution symbol :: must be followed by a function name in this scope.',
          start,
        );
        this.recoverOver(T.OParen);
        return { kind: 'broken', start, end };
      }
      name += `::${this.text()}`;
      nameEnd = this.end;
      this.read();
    }
    if (this.kind !== T.OParen) {
      const { end } = this;
      this.errorHere(
        'Missing open parenthesis',
        'Function selector must be followed by an open parenthesis to begin the function call.',
        start,
      );
      this.recoverOver(T.OParen);
      return { kind: 'broken', start, end };
    }
    const open = this.start;
    return this.withNewlines(false, () => {
      const args: Node[] = [];
      const expand = this.parseArguments(start, open, args);
      const call: CallNode = {
        kind: 'call',
        name: nfc(name),
        nameEnd,
        open,
        close: this.start,
        args: args.slice(),
        expand,
        start,
        end: this.end,
      };
      return call;
    });
  }

  /** Reads past the closing parenthesis; whether the last argument is expanded. */
  private parseArguments(start: number, open: number, args: Node[]): boolean {
    for (;;) {
      if (this.peek() === T.CParen) {
        this.read();
        return false;
      }
      const mark = this.diagnostics.length;
      args.push(this.parseExpression());
      if (this.lost(mark)) {
        this.recover(T.CParen);
        return false;
      }
      switch (this.read()) {
        case T.CParen:
          return false;
        case T.Comma:
          continue;
        case T.Ellipsis: {
          const { start: dots, end: dotsEnd } = this;
          if (this.peek() === T.CParen) this.read();
          else {
            if (!this.recovery)
              this.error(
                'Missing closing parenthesis',
                'An expanded function argument (with ...) must be immediately followed by closing parentheses.',
                dots,
                dotsEnd,
                [start, dotsEnd],
              );
            this.recover(T.CParen);
          }
          return true;
        }
        case T.EOF:
          this.error(
            'Unterminated function call',
            'There is no closing parenthesis for this function call before the end of the file. This may be caused by incorrect parenthesis nesting elsewhere in this file.',
            start,
            open + 1,
          );
          this.recover(T.CParen);
          return false;
        default:
          this.errorHere(
            'Missing argument separator',
            'A comma is required to separate each function argument from the next.',
            start,
          );
          this.recover(T.CParen);
          return false;
      }
    }
  }

  private parseTuple(): Node {
    this.read();
    const open = this.start;
    return this.withNewlines(false, () => {
      if (this.isKeyword('for')) return this.finishFor(open, T.CBrack);
      const items: Node[] = [];
      for (;;) {
        if (this.peek() === T.CBrack) {
          this.read();
          break;
        }
        const mark = this.diagnostics.length;
        items.push(this.parseExpression());
        if (this.lost(mark)) {
          this.recover(T.CBrack);
          break;
        }
        const kind = this.peek();
        if (kind === T.CBrack) {
          this.read();
          break;
        }
        if (kind !== T.Comma) {
          if (!this.recovery) {
            if (kind === T.EOF)
              this.error(
                'Unterminated tuple constructor expression',
                'There is no corresponding closing bracket before the end of the file. This may be caused by incorrect bracket nesting elsewhere in this file.',
                open,
                open + 1,
              );
            else
              this.errorHere(
                'Missing item separator',
                'Expected a comma to mark the beginning of the next item.',
                open,
              );
          }
          this.recover(T.CBrack);
          break;
        }
        this.read();
      }
      return { kind: 'tuple', items: items.slice(), start: open, end: this.end };
    });
  }

  private parseObject(): Node {
    this.read();
    const open = this.start;
    if (this.withNewlines(false, () => this.isKeyword('for')))
      return this.withNewlines(false, () => this.finishFor(open, T.CBrace));
    return this.withNewlines(true, () => {
      const items: { key: ObjectKeyNode; value: Node }[] = [];
      this.parseObjectItems(open, items);
      return { kind: 'object', items: items.slice(), start: open, end: this.end };
    });
  }

  private parseObjectItems(open: number, items: { key: ObjectKeyNode; value: Node }[]): void {
    const fail = (summary: string, detail: string): void => {
      if (!this.recovery) {
        if (this.kind === T.EOF)
          this.error(
            'Unterminated object constructor expression',
            'There is no corresponding closing brace before the end of the file. This may be caused by incorrect brace nesting elsewhere in this file.',
            open,
            open + 1,
          );
        else this.errorHere(summary, detail, open);
      }
      this.recover(T.CBrace);
    };
    for (;;) {
      const kind = this.peek();
      if (kind === T.Newline) {
        this.read();
        continue;
      }
      if (kind === T.CBrace) {
        this.read();
        return;
      }
      const forced = kind === T.OParen;
      let mark = this.diagnostics.length;
      const inner = this.parseExpression();
      if (this.lost(mark)) {
        this.recover(T.CBrace);
        return;
      }
      const key: ObjectKeyNode = { kind: 'key', inner, forced, start: inner.start, end: inner.end };
      switch (this.peek()) {
        case T.Equal:
        case T.Colon:
          break;
        case T.Newline:
        case T.Comma:
          fail('Missing attribute value', 'Expected an attribute value, introduced by an equals sign ("=").');
          return;
        case T.Ident:
          fail(
            'Missing key/value separator',
            'Expected an equals sign ("=") to mark the beginning of the attribute value. If you intended to given an attribute name containing periods or spaces, write the name in quotes to create a string literal.',
          );
          return;
        default:
          fail(
            'Missing key/value separator',
            'Expected an equals sign ("=") to mark the beginning of the attribute value.',
          );
          return;
      }
      this.read();
      mark = this.diagnostics.length;
      const value = this.parseExpression();
      if (this.lost(mark)) {
        this.recover(T.CBrace);
        return;
      }
      items.push({ key, value });
      const after = this.peek();
      if (after === T.CBrace) {
        this.read();
        return;
      }
      if (after !== T.Comma && after !== T.Newline) {
        fail(
          'Missing attribute separator',
          'Expected a newline or comma to mark the beginning of the next attribute.',
        );
        return;
      }
      this.read();
    }
  }

  private finishFor(open: number, close: number): Node {
    this.read();
    const summary = "Invalid 'for' expression";
    const giveUp = (detail?: string): Node => {
      if (detail !== undefined && !this.recovery) {
        this.peek();
        this.errorHere(summary, detail, open);
      }
      this.recover(close);
      return { kind: 'broken', start: open, end: this.end };
    };
    if (this.peek() !== T.Ident) return giveUp("For expression requires variable name after 'for'.");
    this.read();
    let valueName = this.name(this.start, this.end);
    let keyName: string | undefined;
    if (this.peek() === T.Comma) {
      keyName = valueName;
      this.read();
      if (this.peek() !== T.Ident) return giveUp('For expression requires value variable name after comma.');
      this.read();
      valueName = this.name(this.start, this.end);
    }
    if (!this.isKeyword('in'))
      return giveUp("For expression requires the 'in' keyword after its name declarations.");
    this.read();
    let mark = this.diagnostics.length;
    const collection = this.parseExpression();
    if (this.lost(mark)) return giveUp();
    if (this.peek() !== T.Colon)
      return giveUp('For expression requires a colon after the collection expression.');
    this.read();
    mark = this.diagnostics.length;
    let value = this.parseExpression();
    let key: Node | undefined;
    if (this.peek() === T.FatArrow) {
      this.read();
      key = value;
      value = this.parseExpression();
    }
    if (this.lost(mark)) return giveUp();
    let group: readonly [number, number] | undefined;
    if (this.peek() === T.Ellipsis) {
      this.read();
      group = [this.start, this.end];
    }
    let condition: Node | undefined;
    if (this.isKeyword('if')) {
      this.read();
      mark = this.diagnostics.length;
      condition = this.parseExpression();
      if (this.lost(mark)) return giveUp();
    }
    if (this.peek() === close) this.read();
    else {
      if (!this.recovery)
        this.errorHere(summary, "Extra characters after the end of the 'for' expression.", open);
      this.recover(close);
    }
    const { start: closeStart, end } = this;
    const whole = [open, end] as const;
    if (close === T.CBrack) {
      if (key !== undefined)
        this.error(summary, 'Key expression is not valid when building a tuple.', key.start, key.end, whole);
      if (group !== undefined)
        this.error(
          summary,
          'Grouping ellipsis (...) cannot be used when building a tuple.',
          group[0],
          group[1],
          whole,
        );
    } else if (key === undefined)
      this.error(
        summary,
        'Key expression is required when building an object.',
        value.start,
        value.end,
        whole,
      );
    return {
      kind: 'for',
      keyName,
      valueName,
      collection,
      key,
      value,
      condition,
      group: group !== undefined,
      openEnd: open + 1,
      closeStart,
      start: open,
      end,
    };
  }

  // Strings

  /** The text of the literal token just read. */
  literalText(): string {
    const { start, kind } = this;
    const faults: EscapeFault[] = [];
    const text = unescape(this.text(), kind === T.QuotedLit, faults);
    for (const fault of faults)
      this.error('Invalid escape sequence', fault.detail, start + fault.start, start + fault.end);
    return text;
  }

  /** A quoted string without template sequences, such as a label. */
  parseQuotedLiteral(): { text: string; start: number; end: number } {
    const summary = 'Invalid string literal';
    this.read();
    const { start } = this;
    if (this.kind !== T.OQuote) {
      this.errorHere(summary, 'A quoted string is required here.');
      return { text: '', start, end: this.end };
    }
    let text = '';
    for (;;) {
      const kind = this.read();
      switch (kind) {
        case T.CQuote:
          return { text: nfc(text), start, end: this.end };
        case T.QuotedLit:
          text += this.literalText();
          break;
        case T.TemplateControl:
        case T.TemplateInterp: {
          const mark = kind === T.TemplateControl ? '%' : '$';
          this.errorHere(
            summary,
            `Template sequences are not allowed in this string. To include a literal "${mark}", double it (as "${mark}${mark}") to escape it.`,
            start,
          );
          text += `${mark}{ ... }`;
          this.recover(T.TemplateSeqEnd);
          break;
        }
        case T.EOF:
          this.errorHere(
            'Unterminated string literal',
            'Unable to find the closing quote mark before the end of the file.',
            start,
          );
          return { text: nfc(text), start, end: this.end };
        default: {
          const { end } = this;
          this.errorHere(summary, 'This item is not valid in a string literal.', start);
          this.recover(T.CQuote);
          return { text: nfc(text), start, end };
        }
      }
    }
  }

  // Traversals as a language of their own

  parseTraversal(
    splats: boolean,
  ): { root: string; rootEnd: number; start: number; steps: Step[] } | undefined {
    this.newlines = false;
    if (this.read() !== T.Ident) {
      this.errorHere('Variable name required', 'Must begin with a variable name.');
      return undefined;
    }
    const { start, end: rootEnd } = this;
    const steps: Step[] = [];
    const result = { root: this.name(this.start, this.end), rootEnd, start, steps };
    for (;;) {
      const kind = this.peek();
      if (kind === T.EOF) return result;
      if (kind === T.Dot) {
        this.read();
        const dot = this.start;
        if (this.read() !== T.Ident) {
          this.errorHere(
            'Attribute name required',
            this.kind === T.Star
              ? 'Splat expressions (.*) may not be used here.'
              : 'Dot must be followed by attribute name.',
            start,
          );
          return result;
        }
        steps.push({ kind: 'attribute', name: this.name(this.start, this.end), start: dot, end: this.end });
        continue;
      }
      if (kind !== T.OBrack) {
        this.errorHere('Invalid character', 'Expected an attribute access or an index operator.', start);
        return result;
      }
      this.read();
      const open = this.start;
      const inner = this.peek();
      const mark = this.diagnostics.length;
      let key: Value | undefined;
      if (inner === T.NumberLit) {
        this.read();
        key = this.numberValue();
      } else if (inner === T.OQuote) key = this.parseQuotedLiteral().text;
      else if (inner === T.Star && splats) this.read();
      else {
        if (inner === T.Star)
          this.errorHere('Attribute name required', 'Splat expressions ([*]) may not be used here.', start);
        else
          this.errorHere(
            'Index value required',
            'Index brackets must contain either a literal number or a literal string.',
            start,
          );
        return result;
      }
      if (this.read() !== T.CBrack)
        this.errorHere('Unclosed index brackets', 'Index key must be followed by a closing bracket.', open);
      const { end } = this;
      steps.push(
        key === undefined ? { kind: 'splat', start: open, end } : { kind: 'index', key, start: open, end },
      );
      if (this.diagnostics.length > mark) return result;
    }
  }

  // For the template parser

  isWord(word: string): boolean {
    return this.isKeyword(word);
  }

  suggestion(given: string, candidates: readonly string[]): string {
    const found = suggest(given, candidates);
    return found === undefined ? '' : ` Did you mean "${found}"?`;
  }
}

function emptyBody(start: number, end: number): BodyNode {
  return { kind: 'body', attributes: new Map(), blocks: [], items: [], start, end, endAt: end };
}

/** Shared by all references without steps; replaced, never changed. */
const NO_STEPS: Step[] = [];

/** Adds a step to a traversal, or begins one. */
function extend(node: Node, step: Step): Node {
  if (node.kind === 'traversal' || node.kind === 'relative') {
    // Copied while short: an array that grows keeps room for many more.
    if (node.steps.length < 8) node.steps = [...node.steps, step];
    else node.steps.push(step);
    node.end = step.end;
    return node;
  }
  return { kind: 'relative', source: node, steps: [step], start: node.start, end: step.end };
}

function literalKey(key: Node): Value | undefined {
  return key.kind === 'literal' ? key.value : literalText(key);
}

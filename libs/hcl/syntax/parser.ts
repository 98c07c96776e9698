import { type Value } from '../values/value.js';
import { ExpressionParser } from './expression-parser.js';
import { type AttributeNode, type BlockNode, type BodyNode, type Step } from './node.js';
import { rangeText } from './range-text.js';
import { type SourceText } from './source.js';
import { T, type Tokens } from './token.js';

/** Where faults were isolated (isolate-faults.ts), as offsets. */
export interface Isolation {
  /** Arguments whose values were blanked out. */
  readonly blanked: ReadonlySet<number>;
  /** Items before which a closing brace is missing. */
  readonly closedBefore: ReadonlySet<number>;
}

/** Files, expressions, templates and traversals, by recursive descent. */
export class Parser extends ExpressionParser {
  constructor(
    source: SourceText,
    tokens: Tokens,
    lenient = false,
    private readonly isolation?: Isolation,
  ) {
    super(source, tokens, lenient);
  }

  parseBody(end: number, enclosing?: string): BodyNode {
    let attributes: Map<string, AttributeNode> | undefined;
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
        if (
          enclosing !== undefined &&
          (this.isolation?.closedBefore.has(this.start) === true ||
            (this.lenient && this.closesMissingBrace(enclosing)))
        ) {
          bodyEnd = this.previousEnd;
          break;
        }
        const item = this.parseBodyItem();
        if (item === undefined) continue;
        if (item.kind === 'block') {
          items.push(item);
          continue;
        }
        attributes ??= new Map();
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
      items: items.slice(),
      start,
      end: bodyEnd,
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
          items: [attribute],
          start,
          end: attribute.end,
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
    const value =
      this.isolation?.blanked.has(start) === true
        ? ({ kind: 'broken', start: equals, end: equals + 1 } as const)
        : this.checkHeight(this.parseExpression());
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
        if (this.enter()) {
          body = this.parseBody(T.CBrace, type);
          this.leave();
        } else this.recover(T.CBrace);
        break;
      default:
        body = this.parseSingleAttributeBody();
        this.finishSingleLine(start, open);
    }
    const close = this.previousStart;
    const closeEnd = this.previousEnd;
    const after = this.peek();
    const braceAdded = (this.lenient || this.isolation !== undefined) && this.source.text[close] !== '}';
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
}

function emptyBody(start: number, end: number): BodyNode {
  return { kind: 'body', items: [], start, end };
}

import { parseNumber } from '../number/index.js';
import { nfc } from '../values/text.js';
import { NUMBER } from '../values/type.js';
import { NULL, UNKNOWN, type Value, unknown } from '../values/value.js';
import { literalText } from './literal-text.js';
import {
  type BinaryOperator,
  type Node,
  type ObjectKeyNode,
  type ObjectNode,
  type SplatItemNode,
  type Step,
} from './node.js';
import { suggest } from './suggest.js';
import { TemplateParser } from './template-parser.js';
import { TokenReader } from './token-reader.js';
import { T } from './token.js';

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

/** Most operators in a row. */
const MAX_CHAIN = 1000;
/** Greatest height of a tree. */
const MAX_HEIGHT = 1200;

/** Expressions and templates, by recursive descent. */
export class ExpressionParser extends TokenReader {
  private chained = false;

  parseExpression(): Node {
    if (!this.enter()) return this.broken();
    const node = this.parseConditional();
    this.leave();
    return node;
  }

  /** Chains within chains may add up to a tree too high to walk, although none is too long: only then is it measured. */
  protected checkHeight(node: Node): Node {
    if (!this.chained) return node;
    this.chained = false;
    if (!isHigher(node, MAX_HEIGHT)) return node;
    this.error(
      'Nesting too deep',
      `This expression's operators nest more than ${MAX_HEIGHT} levels deep. Move inner parts into values of their own.`,
      node.start,
      node.end,
    );
    return { kind: 'broken', start: node.start, end: node.end };
  }

  /** The expression that the text is as a whole. */
  parseWholeExpression(): Node {
    this.newlines = false;
    const node = this.checkHeight(this.parseExpression());
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
      if (++chain > MAX_CHAIN) {
        this.error(
          'Expression too long',
          `An expression may chain at most ${MAX_CHAIN} operators. Use functions such as sum, join or concat, or values of their own.`,
          left.start,
          right.end,
        );
        this.recovery = true;
        break;
      }
      this.chained ||= chain > 50;
      left = { kind: 'binary', operator: found.operator, left, right, start: left.start, end: right.end };
    }
    return left;
  }

  private parseOperand(): Node {
    if (!this.enter()) return this.broken();
    const node = this.parseTerm();
    this.leave();
    return node;
  }

  private parseTerm(): Node {
    return this.parseSteps(this.parsePrimary());
  }

  /** Steps that need no evaluation gather in `steps` until the node that they lead from is needed. */
  private parseSteps(from: Node): Node {
    if (!this.stepFollows()) return from;
    const steps: Step[] = [];
    let node = from;
    do node = this.kind === T.Dot ? this.parseDot(node, from, steps) : this.parseBracket(node, from, steps);
    while (this.stepFollows());
    return follow(node, steps);
  }

  private stepFollows(): boolean {
    const kind = this.peek();
    return kind === T.Dot || kind === T.OBrack;
  }

  private parseDot(node: Node, from: Node, steps: Step[]): Node {
    this.read();
    const dot = this.start;
    const dotEnd = this.end;
    switch (this.peek()) {
      case T.Ident: {
        this.read();
        steps.push({ kind: 'attribute', name: this.name(this.start, this.end), start: dot, end: this.end });
        return node;
      }
      case T.NumberLit: {
        this.read();
        steps.push(this.legacyIndex(dot, this.start, this.end, ''));
        return node;
      }
      case T.Star:
        return this.parseAttributeSplat(follow(node, steps), from, dot);
      default:
        steps.length = 0;
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

  protected numberValue(): Value {
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
      steps.length === 0
        ? item
        : { kind: 'relative', source: item, steps: steps.slice(), start: first, end: last };
    return { kind: 'splat', source, each, item, markerStart: dot, markerEnd, start: from.start, end: last };
  }

  private parseBracket(node: Node, from: Node, steps: Step[]): Node {
    this.read();
    const open = this.start;
    if (this.peek() === T.Star) {
      this.read();
      if (this.read() !== T.CBrack && !this.recovery) {
        this.recover(T.CBrack);
        // Where parsing went on, as for an index.
        this.errorHere(
          'Missing close bracket on splat index',
          'The star for a full splat operator must be immediately followed by a closing bracket ("]").',
        );
      }
      const item: SplatItemNode = { kind: 'item', start: open, end: this.end };
      const markerEnd = this.end;
      let each: Node = item;
      if (this.enter()) {
        each = this.parseSteps(item);
        this.leave();
      }
      return {
        kind: 'splat',
        source: follow(node, steps),
        each,
        item,
        markerStart: open,
        markerEnd,
        start: from.start,
        end: each.end,
      };
    }
    const newlines = this.countNewlines(false);
    const mark = this.diagnostics.length;
    const key = this.parseExpression();
    if (this.lost(mark)) this.recover(T.CBrack);
    else if (this.read() !== T.CBrack && !this.recovery) {
      this.recover(T.CBrack);
      // The reference points to where it went on, not to what was in the way.
      this.errorHere(
        'Missing close bracket on index',
        'The index operator must end with a closing bracket ("]").',
      );
    }
    this.countNewlines(newlines);
    const { end } = this;
    const literal = literalKey(key);
    if (literal !== undefined) {
      steps.push({ kind: 'index', key: literal, start: open, end });
      return node;
    }
    return { kind: 'index', collection: follow(node, steps), key, open, start: from.start, end };
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
        const name = this.name(start, end);
        if (name === 'true') return { kind: 'literal', value: true, start, end };
        if (name === 'false') return { kind: 'literal', value: false, start, end };
        if (name === 'null') return { kind: 'literal', value: NULL, start, end };
        return { kind: 'traversal', root: name, rootEnd: end, steps: NO_STEPS, start, end };
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
        if (!this.enter()) return { kind: 'broken', start, end: this.previousEnd };
        const parts = new TemplateParser(this).parse(kind === T.OQuote ? T.CQuote : T.CHeredoc, flush);
        this.leave();
        const end = this.previousEnd;
        if (parts.whole !== undefined) return { kind: 'wrap', inner: parts.whole, start, end };
        return { kind: 'template', parts: parts.nodes, start, end };
      }
      case T.OParen:
        return this.parseParentheses();
      case T.Minus:
      case T.Bang: {
        this.read();
        const operand = this.parseOperand();
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
    const { kinds, ends } = this.tokens;
    const { at } = this;
    if (kinds[at] === T.CQuote) {
      this.read();
      return { kind: 'string', value: '', start, end: this.end };
    }
    if (kinds[at] !== T.QuotedLit || kinds[at + 1] !== T.CQuote) return undefined;
    this.read();
    const value = this.literalText();
    this.at = at + 2;
    return { kind: 'string', value: nfc(value), start, end: ends[at + 1]! };
  }

  private parseParentheses(): Node {
    this.read();
    const { start } = this;
    const newlines = this.countNewlines(false);
    const mark = this.diagnostics.length;
    const inner = this.parseExpression();
    const failed = this.diagnostics.length > mark;
    if (failed) this.recover(T.CParen);
    else {
      if (this.peek() !== T.CParen) {
        this.errorHere(
          'Unbalanced parentheses',
          'Expected a closing parenthesis to terminate the expression.',
          start,
        );
        this.recovery = true;
      }
      this.read();
    }
    this.countNewlines(newlines);
    return failed ? inner : { kind: 'parentheses', inner, start, end: this.end };
  }

  private finishCall(start: number, firstEnd: number): Node {
    let name = this.name(start, firstEnd);
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
      name += `::${this.name(this.start, this.end)}`;
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
    const newlines = this.countNewlines(false);
    const args: Node[] = [];
    const expand = this.parseArguments(start, open, args);
    this.countNewlines(newlines);
    return {
      kind: 'call',
      name,
      nameEnd,
      open,
      close: this.start,
      args: args.slice(),
      expand,
      start,
      end: this.end,
    };
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
    const newlines = this.countNewlines(false);
    const node = this.isKeyword('for') ? this.finishFor(open, T.CBrack) : this.finishTuple(open);
    this.countNewlines(newlines);
    return node;
  }

  private finishTuple(open: number): Node {
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
  }

  private parseObject(): Node {
    this.read();
    const open = this.start;
    const newlines = this.countNewlines(false);
    const node = this.isKeyword('for') ? this.finishFor(open, T.CBrace) : this.finishObject(open);
    this.countNewlines(newlines);
    return node;
  }

  private finishObject(open: number): Node {
    this.countNewlines(true);
    const items: ObjectNode['items'][number][] = [];
    this.parseObjectItems(open, items);
    return { kind: 'object', items: items.slice(), start: open, end: this.end };
  }

  private parseObjectItems(open: number, items: ObjectNode['items'][number][]): void {
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

  isWord(word: string): boolean {
    return this.isKeyword(word);
  }

  suggestion(given: string, candidates: readonly string[]): string {
    const found = suggest(given, candidates);
    return found === undefined ? '' : ` Did you mean "${found}"?`;
  }
}

/** Shared by all references without steps; replaced, never changed. */
const NO_STEPS: Step[] = [];

/** The steps from a node on, which are then taken. An array of their number: one that grew keeps room for many more. */
function follow(node: Node, steps: Step[]): Node {
  if (steps.length === 0) return node;
  const taken = steps.splice(0);
  const { end } = taken[taken.length - 1]!;
  if (node.kind !== 'traversal' || node.steps.length > 0)
    return { kind: 'relative', source: node, steps: taken, start: node.start, end };
  node.steps = taken;
  node.end = end;
  return node;
}

function literalKey(key: Node): Value | undefined {
  return key.kind === 'literal' ? key.value : literalText(key);
}

/** Without recursion, as the tree may be too high for that. O(size). */
function isHigher(root: Node, limit: number): boolean {
  const open: { readonly node: object; readonly height: number }[] = [{ node: root, height: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, height } = next;
    if (height > limit) return true;
    for (const child of Object.values(node) as unknown[])
      if (typeof child === 'object' && child !== null)
        open.push({ node: child, height: Array.isArray(child) ? height : height + 1 });
  }
  return false;
}

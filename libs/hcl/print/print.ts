import { escapeQuoted } from '../format/format.js';
import { type NativeBody } from '../native-body.js';
import { BigFloat, toDecimalString } from '../number/index.js';
import { type BodyNode, type Node, type ObjectKeyNode, type Step } from '../syntax/node.js';
import { isIdentifier } from '../parse.js';
import { NullValue, type Value } from '../values/value.js';

/** The body as text whose tree is the same, but for places and comments. Not laid out: see `format`. O(size). */
export function print(body: NativeBody): string {
  return new Printer(body.source.text).body(body.node, '');
}

/** One expression as text; see `print`. `source` is the text that it was parsed from. */
export function printExpression(node: Node, source: string): string {
  return new Printer(source).node(node);
}

class Printer {
  constructor(private readonly source: string) {}

  body(body: BodyNode, indent: string): string {
    return body.items
      .map((item) => {
        if (item.kind === 'attribute') return `${indent}${item.name} = ${this.node(item.value)}\n`;
        const labels = item.labels.map(({ text }) => ` "${escapeQuoted(text)}"`).join('');
        const inner = this.body(item.body, `${indent}  `);
        return `${indent}${item.type}${labels} {\n${inner}${indent}}\n`;
      })
      .join('');
  }

  node(node: Node): string {
    switch (node.kind) {
      case 'literal':
        return this.literal(node.value, node.start, node.end);
      case 'string':
        return `"${escapeQuoted(node.value)}"`;
      case 'template':
        return `"${this.parts(node.parts)}"`;
      case 'wrap':
        return `"\${${this.node(node.inner)}}"`;
      case 'join':
        return `"${this.parts([node])}"`;
      case 'parentheses':
        return `(${this.node(node.inner)})`;
      case 'traversal':
        return node.root + this.steps(node.steps);
      case 'relative':
        return this.node(node.source) + this.steps(node.steps);
      case 'call':
        return `${node.name}(${node.args.map((arg) => this.node(arg)).join(', ')}${node.expand ? '...' : ''})`;
      case 'conditional':
        return `${this.node(node.condition)} ? ${this.node(node.yes)} : ${this.node(node.no)}`;
      case 'index':
        return `${this.node(node.collection)}[${this.node(node.key)}]`;
      case 'tuple':
        return `[${node.items.map((item) => this.node(item)).join(', ')}]`;
      case 'object':
        return `{${node.items.map(({ key, value }) => ` ${this.key(key)} = ${this.node(value)}`).join(',')} }`;
      case 'key':
        return this.key(node);
      case 'for': {
        const names = node.keyName === undefined ? node.valueName : `${node.keyName}, ${node.valueName}`;
        const key = node.key === undefined ? '' : `${this.node(node.key)} => `;
        const condition = node.condition === undefined ? '' : ` if ${this.node(node.condition)}`;
        const text = `for ${names} in ${this.node(node.collection)} : ${key}${this.node(node.value)}${node.group ? '...' : ''}${condition}`;
        return node.key === undefined ? `[${text}]` : `{${text}}`;
      }
      case 'splat':
        return this.splat(node);
      case 'item':
        return '';
      case 'binary':
        return `${this.node(node.left)} ${node.operator} ${this.node(node.right)}`;
      case 'unary':
        return `${node.operator}${this.node(node.operand)}`;
      case 'broken':
        return this.source.slice(node.start, node.end);
    }
  }

  private literal(value: Value, start: number, end: number): string {
    if (typeof value === 'string') return `"${escapeQuoted(value)}"`;
    if (typeof value === 'boolean') return String(value);
    if (value instanceof NullValue) return 'null';
    // Numbers as they were written, for any notation gives the same value again.
    const written = this.source.slice(start, end);
    return /^\d/.test(written) ? written : typeof value === 'number' ? String(value) : written;
  }

  private key({ inner }: ObjectKeyNode): string {
    return this.node(inner);
  }

  private steps(steps: readonly Step[]): string {
    return steps
      .map((step) => {
        if (step.kind === 'attribute') return `.${step.name}`;
        return step.kind === 'splat' ? '[*]' : `[${this.indexKey(step.key)}]`;
      })
      .join('');
  }

  private indexKey(key: Value): string {
    if (typeof key === 'string') return `"${escapeQuoted(key)}"`;
    if (typeof key === 'number' || key instanceof BigFloat) return toDecimalString(key);
    return typeof key === 'boolean' ? String(key) : 'null';
  }

  /** `.*` takes attributes and `.0` only, `[*]` everything behind it: whichever the tree must have come from. */
  private splat(node: Extract<Node, { kind: 'splat' }>): string {
    const source = this.node(node.source);
    // A splat that another is applied to was `.*`, and that other one cannot be.
    if (node.source.kind === 'splat') return `${source}[*]${this.node(node.each)}`;
    if (node.each.kind === 'item') return `${source}.*`;
    const simple =
      node.each.kind === 'relative' && node.each.source.kind === 'item' ? node.each.steps : undefined;
    const dotted = simple?.every(
      (step, i) =>
        (step.kind === 'attribute' && isIdentifier(step.name)) ||
        (step.kind === 'index' && typeof step.key === 'number' && simple[i - 1]?.kind !== 'index'),
    );
    if (simple === undefined || dotted !== true) return `${source}[*]${this.node(node.each)}`;
    return `${source}.*${simple.map((step) => (step.kind === 'attribute' ? `.${step.name}` : `.${this.indexKey((step as { key: Value }).key)}`)).join('')}`;
  }

  /**
   * A literal that trimming left empty is written as a space and a trim mark, so that it is there again. A literal must not
   * run into a sequence that begins with its own last character.
   */
  private parts(parts: readonly Node[]): string {
    let out = '';
    const empty = (node: Node | undefined): boolean => node?.kind === 'literal' && node.value === '';
    parts.forEach((part, i) => {
      const alone = parts.length === 1;
      if (part.kind === 'literal' && typeof part.value === 'string') {
        out += part.value === '' && !alone ? ' ' : escapeQuoted(part.value);
        return;
      }
      const before = empty(parts[i - 1]) ? '~' : '';
      const after = empty(parts[i + 1]) && i + 2 === parts.length ? '~' : '';
      const sequence = this.sequence(part, before, after);
      out = join(out, sequence);
    });
    return out;
  }

  private sequence(part: Node, before: string, after: string): string {
    if (part.kind === 'conditional' && part.yes.kind === 'template' && part.no.kind === 'template') {
      let out = `%{${before} if ${this.node(part.condition)} }`;
      if (!isEmpty(part.yes)) out += this.parts(part.yes.parts);
      if (!isEmpty(part.no)) out = join(out, '%{ else }') + this.parts(part.no.parts);
      return join(out, `%{ endif ${after}}`);
    }
    if (part.kind === 'join' && part.tuple.kind === 'for' && part.tuple.value.kind === 'template') {
      const { keyName, valueName, collection, value } = part.tuple;
      const names = keyName === undefined ? valueName : `${keyName}, ${valueName}`;
      const head = `%{${before} for ${names} in ${this.node(collection)} }`;
      return join(head + (isEmpty(value) ? '' : this.parts(value.parts)), `%{ endfor ${after}}`);
    }
    return `\${${before}${before === '' ? '' : ' '}${this.node(part)}${after === '' ? '' : ' '}${after}}`;
  }
}

/** Two pieces of a template, the last character of the first escaped where it would make an escape of the second. */
function join(text: string, sequence: string): string {
  const last = text[text.length - 1];
  if (last !== sequence[0] || (last !== '$' && last !== '%')) return text + sequence;
  return `${text.slice(0, -1)}\\u00${last.charCodeAt(0).toString(16)}${sequence}`;
}

function isEmpty(node: Extract<Node, { kind: 'template' }>): boolean {
  const [only] = node.parts;
  return node.parts.length === 1 && only!.kind === 'literal' && only.value === '';
}

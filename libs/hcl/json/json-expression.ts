import { type Diagnostic, type SourceRange } from '../../kernel/diagnostic.js';
import { type Expression } from '../expression.js';
import { type Evaluated, type Traversal } from '../static-expression.js';
import { parseExpression, parseTemplate, parseTraversal } from '../parse.js';
import { type Scope } from '../scope.js';
import { rangeText } from '../syntax/range-text.js';
import { type SourceText } from '../syntax/source.js';
import { convert, ConversionError } from '../values/convert.js';
import { marksOf, NO_MARKS, union, unmark, withMarks } from '../values/marks.js';
import { nfc } from '../values/text.js';
import { STRING } from '../values/type.js';
import { makeObject, NULL, NullValue, TupleValue, UNKNOWN, type Value } from '../values/value.js';
import { startRange, type JsonNode, type JsonProperty } from './parse-json.js';
import { StringText } from './string-text.js';

/** A JSON value as an expression: strings are templates, other values themselves. */
export class JsonExpression implements Expression {
  private template:
    { readonly expression: Expression; readonly diagnostics: readonly Diagnostic[] } | undefined;
  /** Of values, and of properties for their names. */
  private readonly children = new Map<JsonNode | JsonProperty, JsonExpression>();

  constructor(
    readonly node: JsonNode,
    readonly source: SourceText,
  ) {}

  get range(): SourceRange {
    return this.source.range(this.node.start, this.node.end);
  }

  get startRange(): SourceRange {
    return startRange(this.node, this.source);
  }

  variables(): readonly Traversal[] {
    return this.parts().flatMap((part) => part.variables());
  }

  functions(): readonly string[] {
    return [...new Set(this.parts().flatMap((part) => part.functions()))];
  }

  /** The native expressions within: what its strings are as templates. O(size) the first time. */
  parts(): readonly Expression[] {
    return this.templates().flatMap(({ expression, diagnostics }) =>
      diagnostics.length > 0 ? [] : [expression],
    );
  }

  /** What is wrong with its strings as templates. O(size) the first time. */
  faults(): readonly Diagnostic[] {
    return this.templates().flatMap(({ diagnostics }) => diagnostics);
  }

  private templates(): readonly NonNullable<typeof this.template>[] {
    const { node } = this;
    switch (node.kind) {
      case 'string':
        return [this.asTemplate(node.value)];
      case 'array':
        return node.values.flatMap((value) => this.child(value).templates());
      case 'object':
        return node.properties.flatMap((property) => [
          ...this.key(property).templates(),
          ...this.child(property.value).templates(),
        ]);
      default:
        return [];
    }
  }

  private asTemplate(text: string): NonNullable<typeof this.template> {
    return (this.template ??= parseTemplate(this.said(text), this.source.filename));
  }

  private said(text: string): StringText {
    return new StringText(text, this.source, this.node.start);
  }

  private child(node: JsonNode, of: JsonNode | JsonProperty = node): JsonExpression {
    let child = this.children.get(of);
    if (child === undefined) this.children.set(of, (child = new JsonExpression(node, this.source)));
    return child;
  }

  private key(property: JsonProperty): JsonExpression {
    const { name, nameStart, nameEnd } = property;
    return this.child({ kind: 'string', value: name, start: nameStart, end: nameEnd }, property);
  }

  /** Without a scope strings are literal. */
  evaluate(scope?: Scope): Evaluated {
    const { node } = this;
    switch (node.kind) {
      case 'string': {
        if (scope === undefined) return { value: nfc(node.value), diagnostics: [] };
        const { expression, diagnostics } = this.asTemplate(node.value);
        return diagnostics.length > 0 ? { value: UNKNOWN, diagnostics } : expression.evaluate(scope);
      }
      case 'number':
      case 'boolean':
        return { value: node.value, diagnostics: [] };
      case 'null':
        return { value: NULL, diagnostics: [] };
      case 'array': {
        const results = node.values.map((value) => this.child(value).evaluate(scope));
        return {
          value: new TupleValue(results.map((r) => r.value)),
          diagnostics: results.flatMap((r) => r.diagnostics),
        };
      }
      case 'object':
        return this.evaluateObject(node.properties, scope);
      default:
        return { value: UNKNOWN, diagnostics: [] };
    }
  }

  private evaluateObject(properties: readonly JsonProperty[], scope: Scope | undefined): Evaluated {
    const diagnostics: Diagnostic[] = [];
    const attributes = new Map<string, Value>();
    const places = new Map<string, SourceRange>();
    let known = true;
    let marks = NO_MARKS;
    for (const property of properties) {
      const subject = this.source.range(property.nameStart, property.nameEnd);
      const key = this.key(property).evaluate(scope);
      const item = this.child(property.value).evaluate(scope);
      diagnostics.push(...key.diagnostics, ...item.diagnostics);
      const fail = (summary: string, detail: string): void => {
        diagnostics.push({ severity: 'error', code: 'hcl/json-key', summary, detail, subject });
      };
      let name: Value;
      try {
        name = unmark(convert(key.value, STRING));
      } catch (error) {
        if (!(error instanceof ConversionError)) throw error;
        fail(
          'Invalid object key expression',
          `Cannot use this expression as an object key: ${error.message}.`,
        );
        continue;
      }
      marks = union(marks, marksOf(key.value));
      if (name instanceof NullValue)
        fail('Invalid object key expression', 'Cannot use null value as an object key.');
      else if (typeof name !== 'string') known = false;
      else if (attributes.has(name))
        fail(
          'Duplicate object attribute',
          `An attribute named "${name}" was already defined at ${rangeText(places.get(name)!)}.`,
        );
      else {
        attributes.set(name, item.value);
        places.set(name, subject);
      }
    }
    return { value: known ? withMarks(makeObject(attributes), marks) : UNKNOWN, diagnostics };
  }

  asList(): readonly Expression[] | undefined {
    return this.node.kind === 'array' ? this.node.values.map((value) => this.child(value)) : undefined;
  }

  asMap(): readonly { readonly key: Expression; readonly value: Expression }[] | undefined {
    if (this.node.kind !== 'object') return undefined;
    return this.node.properties.map((property) => ({
      key: this.key(property),
      value: this.child(property.value),
    }));
  }

  asCall(): ReturnType<Expression['asCall']> {
    if (this.node.kind !== 'string') return undefined;
    const { expression, diagnostics } = parseExpression(this.said(this.node.value), this.source.filename);
    return diagnostics.length > 0 ? undefined : expression.asCall();
  }

  asTraversal(): Traversal | undefined {
    if (this.node.kind !== 'string') return undefined;
    const { traversal, diagnostics } = parseTraversal(this.said(this.node.value), this.source.filename);
    return diagnostics.length > 0 ? undefined : traversal;
  }

  asKeyword(): string | undefined {
    const traversal = this.asTraversal();
    return traversal?.steps.length === 0 ? traversal.root : undefined;
  }

  asLiteral(): string | undefined {
    return this.node.kind === 'string' ? this.asTemplate(this.node.value).expression.asLiteral() : undefined;
  }
}

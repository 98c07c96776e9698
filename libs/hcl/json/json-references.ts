import { type Diagnostic, type SourceRange } from '../../kernel/diagnostic.js';
import { type Expression } from '../expression.js';
import { parseExpression } from '../parse.js';
import { type Scope } from '../scope.js';
import { type Evaluated, type Traversal } from '../static-expression.js';
import { TupleValue } from '../values/value.js';
import { type JsonExpression } from './json-expression.js';
import { StringText } from './string-text.js';

/**
 * A JSON value whose strings are references: `["a.b", "${a.c}"]` means `[a.b, a.c]` of the native syntax. Anything but a string
 * means what it means elsewhere.
 */
export class JsonReferences implements Expression {
  private readonly items: readonly Expression[];
  private readonly problems: readonly Diagnostic[];

  constructor(private readonly json: JsonExpression) {
    const parsed = ((json.asList() as readonly JsonExpression[] | undefined) ?? [json]).map(referenceIn);
    this.items = parsed.map(({ expression }) => expression);
    this.problems = parsed.flatMap(({ diagnostics }) => diagnostics);
  }

  get range(): SourceRange {
    return this.json.range;
  }

  get startRange(): SourceRange {
    return this.json.startRange;
  }

  parts(): readonly Expression[] {
    return this.items;
  }

  faults(): readonly Diagnostic[] {
    return this.problems;
  }

  variables(): readonly Traversal[] {
    return this.items.flatMap((item) => item.variables());
  }

  functions(): readonly string[] {
    return [...new Set(this.items.flatMap((item) => item.functions()))];
  }

  evaluate(scope?: Scope): Evaluated {
    if (this.single !== undefined) return this.single.evaluate(scope);
    const results = this.items.map((item) => item.evaluate(scope));
    return {
      value: new TupleValue(results.map(({ value }) => value)),
      diagnostics: results.flatMap(({ diagnostics }) => diagnostics),
    };
  }

  asList(): readonly Expression[] | undefined {
    return this.single === undefined ? this.items : this.single.asList();
  }

  asMap(): ReturnType<Expression['asMap']> {
    return this.single?.asMap();
  }

  asCall(): ReturnType<Expression['asCall']> {
    return this.single?.asCall();
  }

  asTraversal(): Traversal | undefined {
    return this.single?.asTraversal();
  }

  asKeyword(): string | undefined {
    return this.single?.asKeyword();
  }

  asLiteral(): string | undefined {
    return this.single?.asLiteral();
  }

  private get single(): Expression | undefined {
    return this.json.node.kind === 'array' ? undefined : this.items[0];
  }
}

const interpolation = /^\$\{([\s\S]*)\}$/;

function referenceIn(json: JsonExpression): {
  readonly expression: Expression;
  readonly diagnostics: readonly Diagnostic[];
} {
  const { node, source } = json;
  if (node.kind !== 'string') return { expression: json, diagnostics: json.faults() };
  const within = interpolation.exec(node.value)?.[1];
  const text = new StringText(within ?? node.value, source, node.start, within === undefined ? 0 : 2);
  return parseExpression(text, source.filename);
}

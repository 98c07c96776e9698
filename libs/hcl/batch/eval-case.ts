import { type Diagnostic, type SourceRange } from '../../kernel/diagnostic.js';
import { type Traversal } from '../static-expression.js';
import { type HclFunction } from '../functions/function.js';
import { parseExpression, parseTemplate } from '../parse.js';
import { Scope } from '../scope.js';
import { typeToJson } from '../values/type.js';
import { typeOf, type Value } from '../values/value.js';
import { decodeValue, DecodeError, type EncodedValue } from './decode.js';
import { encodeValue } from './encode.js';

/** One line of `cios eval --batch`. */
export interface BatchCase {
  readonly id?: unknown;
  readonly expr: string;
  readonly kind?: 'expression' | 'template';
  readonly variables?: Readonly<Record<string, EncodedValue>>;
}

/** Start, then end; each by line, column (grapheme clusters, from 1) and byte. */
export type BatchRange = readonly [
  line: number,
  column: number,
  byte: number,
  endLine: number,
  endColumn: number,
  endByte: number,
];

export interface BatchDiagnostic {
  readonly severity: 'error' | 'warning';
  readonly summary: string;
  readonly detail: string;
  readonly subject?: BatchRange;
  readonly context?: BatchRange;
}

export interface BatchAnswer {
  readonly id: unknown;
  /** Whether the expression could not be evaluated. */
  readonly error: boolean;
  readonly type: unknown;
  readonly value: unknown;
  readonly hasUnknown?: boolean;
  readonly hasMarks?: boolean;
  readonly diags: readonly BatchDiagnostic[];
  /** Free references in source order: the root's name, then steps. */
  readonly refs: readonly (readonly PathStep[])[];
}

export type PathStep =
  string | { readonly attr: string } | { readonly index: EncodedValue } | { readonly splat: true };

const kinds: ReadonlySet<string> = new Set(['expression', 'template']);

/**
 * Evaluates one case. Never throws: a case that cannot be read is answered with an error, and so is one that meets a fault of
 * the engine, as the cases after it are to be answered all the same.
 */
export function evalCase(
  given: BatchCase,
  functions: ReadonlyMap<string, HclFunction>,
  shared: ReadonlyMap<string, Value> = new Map(),
): BatchAnswer {
  try {
    return answerTo(given, functions, shared);
  } catch (error) {
    const detail = `This is a fault of cios itself: ${error instanceof Error ? error.message : String(error)}.`;
    return refused(given.id, 'Internal fault', detail);
  }
}

function refused(id: unknown, summary: string, detail: string): BatchAnswer {
  const diags = [{ severity: 'error' as const, summary, detail }];
  return { id: id ?? null, error: true, type: 'dynamic', value: null, diags, refs: [] };
}

function answerTo(
  { id = null, expr, kind = 'expression', variables }: BatchCase,
  functions: ReadonlyMap<string, HclFunction>,
  shared: ReadonlyMap<string, Value>,
): BatchAnswer {
  let given: Map<string, Value>;
  try {
    given = new Map(shared);
    for (const [name, value] of decodeVariables(variables)) given.set(name, value);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return refused(id, 'Invalid variable', `${error.message}.`);
  }
  if (!kinds.has(kind)) {
    const detail = `${JSON.stringify(kind)} is no kind of case: write "expression" or "template".`;
    return refused(id, 'Invalid kind', detail);
  }
  const { expression, diagnostics } = (kind === 'template' ? parseTemplate : parseExpression)(
    expr,
    'test.hcl',
  );
  const refs = expression.variables().map(pathOf);
  if (diagnostics.some((d) => d.severity === 'error'))
    return { id, error: true, type: 'dynamic', value: null, diags: diagnostics.map(encodeDiagnostic), refs };
  const result = expression.evaluate(new Scope({ variables: given, functions, everyFault: true }));
  const all = [...diagnostics, ...result.diagnostics];
  const error = all.some((d) => d.severity === 'error');
  const encoded = encodeValue(result.value);
  return {
    id,
    error,
    type: typeToJson(typeOf(result.value)),
    value: encoded.value,
    ...(encoded.hasUnknown === true && { hasUnknown: true }),
    ...(encoded.hasMarks === true && { hasMarks: true }),
    diags: all.map(encodeDiagnostic),
    refs,
  };
}

/** Throws `DecodeError`, naming the variable. */
export function decodeVariables(
  variables: Readonly<Record<string, EncodedValue>> | undefined,
): Map<string, Value> {
  const out = new Map<string, Value>();
  for (const [name, encoded] of Object.entries(variables ?? {})) {
    try {
      out.set(name, decodeValue(encoded));
    } catch (error) {
      if (error instanceof DecodeError) throw new DecodeError(`variable ${name}: ${error.message}`);
      throw error;
    }
  }
  return out;
}

export function pathOf(traversal: Traversal): PathStep[] {
  const path: PathStep[] = [traversal.root ?? ''];
  for (const step of traversal.steps) {
    if (step.kind === 'attribute') path.push({ attr: step.name });
    else if (step.kind === 'index') path.push({ index: encodeValue(step.key) });
    else path.push({ splat: true });
  }
  return path;
}

export function encodeDiagnostic(diagnostic: Diagnostic): BatchDiagnostic {
  const { severity, summary, detail, subject, context } = diagnostic;
  return {
    severity,
    summary,
    detail,
    ...(subject && { subject: encodeRange(subject) }),
    ...(context && { context: encodeRange(context) }),
  };
}

export function encodeRange({ start, end }: SourceRange): BatchRange {
  return [start.line, start.column, start.byte, end.line, end.column, end.byte];
}

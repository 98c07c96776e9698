import { type Diagnostic, type SourcePosition } from '../../kernel/diagnostic.js';
import { type Expression } from '../expression.js';
import { SourceText } from '../syntax/source.js';
import { JsonBody } from './json-body.js';
import { JsonExpression } from './json-expression.js';
import { parseJson, startRange } from './parse-json.js';

export { type BlockShape, type BodyShape } from './json-body.js';
export { JsonExpression };

/** A configuration file in the JSON syntax. Never throws. O(length). */
export function parseJsonConfig(
  source: string | Uint8Array,
  filename: string,
): { body: JsonBody; diagnostics: readonly Diagnostic[] } {
  const text = new SourceText(source, filename);
  const { node, diagnostics } = parseJson(text);
  if (node.kind === 'object' || node.kind === 'array') return { body: new JsonBody(node, text), diagnostics };
  const body = new JsonBody({ kind: 'object', properties: [], start: 0, end: 0 }, text);
  if (node.kind === 'invalid') return { body, diagnostics };
  return {
    body,
    diagnostics: [
      ...diagnostics,
      {
        severity: 'error',
        code: 'hcl/json-root',
        summary: 'Root value must be object',
        detail:
          'The root value in a JSON-based configuration must be either a JSON object or a JSON array of objects.',
        subject: startRange(node, text),
      },
    ],
  };
}

/** One expression in the JSON syntax: strings in it are templates. */
export function parseJsonExpression(
  source: string | Uint8Array,
  filename: string,
  start?: SourcePosition,
): { expression: Expression; diagnostics: readonly Diagnostic[] } {
  const text = new SourceText(source, filename, start);
  const { node, diagnostics } = parseJson(text);
  return { expression: new JsonExpression(node, text), diagnostics };
}

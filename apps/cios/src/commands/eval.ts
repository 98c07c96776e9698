import { refuse, Refused, type SourceRange } from '#libs/kernel';
import { type HclFunction, type Value } from '#libs/hcl';
import { type BatchCase, type BatchRange } from '#libs/hcl/batch';
import {
  diagnosticStyle,
  offline,
  repeated,
  type Invocation,
  type Register,
  jsonOrText,
  linesOf,
} from '../cli/cli.js';

interface Options {
  readonly batch?: boolean;
  readonly template?: boolean;
  readonly var?: readonly string[];
}

export const evalCommand: Register = (program, cli) => {
  offline(program, 'eval [expression]', 'evaluates HCL expressions; --batch reads and writes JSON lines')
    .option('--batch', 'read one case a line on standard input, write one answer a line')
    .option('--template', 'the expression is a template')
    .option('--var <name=json>', 'a variable of the expression; may stand several times', repeated)
    .action(
      cli.run<Options>((invocation) => (invocation.options.batch ? batch(invocation) : one(invocation))),
    );
};

async function engine() {
  const [{ evalCase, decodeVariables, encodeValue }, { standardFunctions }, { nodeFunctions }, hcl] =
    await Promise.all([
      import('#libs/hcl/batch'),
      import('#libs/hcl/functions'),
      import('#libs/hcl/host'),
      import('#libs/hcl'),
    ]);
  const functions: ReadonlyMap<string, HclFunction> = standardFunctions(nodeFunctions);
  return { evalCase, decodeVariables, encodeValue, functions, fromJs: hcl.fromJs };
}

async function one({ args, options, out }: Invocation<Options>): Promise<number> {
  const [expr] = args;
  if (expr === undefined)
    throw new Refused(
      refuse('cli/missing-argument', 'there is no expression to evaluate', {
        fix: 'give one, as in: cios eval \'upper("a")\'; or cases on standard input with --batch',
      }),
    );
  const { evalCase, functions, fromJs } = await engine();
  const variables = new Map<string, Value>();
  for (const given of options.var ?? []) {
    const [, name, text = ''] = /^([^=]+)=(.*)$/s.exec(given) ?? [];
    if (name === undefined)
      throw new Refused(
        refuse('cli/invalid-option', `--var ${given} has no "="`, { fix: 'write --var name=json' }),
      );
    variables.set(name, fromJs(jsonOrText(text)));
  }
  const kind = options.template === true ? 'template' : 'expression';
  const answer = evalCase({ id: null, expr, kind }, functions, variables);
  out.result(answer);
  const { renderDiagnostic } = await import('#libs/hcl/render');
  const style = diagnosticStyle(out);
  for (const { subject, severity, summary, detail } of answer.diags)
    out.line(
      renderDiagnostic(
        { severity, summary, detail, ...(subject && { subject: rangeOf(subject) }) },
        expr,
        style,
      ),
    );
  if (!answer.error) out.line(JSON.stringify(answer.value, null, 2));
  return answer.error ? 1 : 0;
}

function rangeOf([line, column, byte, endLine, endColumn, endByte]: BatchRange): SourceRange {
  return {
    filename: 'expression',
    start: { line, column, byte },
    end: { line: endLine, column: endColumn, byte: endByte },
  };
}

/** One answer for each case, in order; a line that is no case is answered with an error, and the next one goes on. */
async function batch({ io }: Invocation<Options>): Promise<number> {
  const { evalCase, decodeVariables, functions } = await engine();
  let shared: ReadonlyMap<string, Value> = new Map();
  let number = 0;
  let pending = '';
  for await (const line of linesOf(io.input)) {
    if (line.trim() === '') continue;
    number += 1;
    const given = caseIn(line);
    let answer: unknown;
    if (typeof given === 'string') answer = malformed(null, given, number);
    else if (given.expr === undefined && given.variables !== undefined) {
      try {
        shared = decodeVariables(given.variables);
        continue;
      } catch (error) {
        answer = malformed(given.id, (error as Error).message, number);
      }
    } else if (typeof given.expr !== 'string') answer = malformed(given.id, 'it has no "expr"', number);
    else answer = evalCase(given as BatchCase, functions, shared);
    pending += `${JSON.stringify(answer)}\n`;
    if (pending.length > 65_536) {
      io.out(pending);
      pending = '';
    }
  }
  io.out(pending);
  return 0;
}

function caseIn(line: string): Partial<BatchCase> | string {
  try {
    const value = JSON.parse(line) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? value
      : 'it is no JSON object';
  } catch (error) {
    return `it is no JSON: ${(error as Error).message}`;
  }
}

function malformed(id: unknown, why: string, line: number): unknown {
  const detail = `Line ${line}: ${why}. A case is {"id", "expr", "kind", "variables"}.`;
  const diags = [{ severity: 'error', summary: 'Invalid case', detail }];
  return { id: id ?? null, error: true, type: 'dynamic', value: null, diags, refs: [] };
}

// One judge per file of the corpus: a case → undefined (passed), { fail }, { skip }; `quality` compares diagnostics' texts.
import { astOf } from './reference-tree.mjs';

const json = (value) => JSON.stringify(value);
const same = (a, b) => json(a) === json(b);

/** Whether a string of JSON hides what our encoding cannot hold (host types of Go). */
const goOnly = (testCase) => /"\$capsule"|"\$type"/.test(json(testCase));

function compareValue({ batch, hcl }, got, want) {
  let expected;
  try {
    expected = batch.decodeValue(want);
  } catch (error) {
    return { skip: `its value cannot be read (${error.message})` };
  }
  if (hcl.identical(got, expected)) return undefined;
  return { fail: `got ${json(batch.encodeValue(got))} want ${json(want)}` };
}

function quality(batch, diagnostics, wanted) {
  if (!wanted) return undefined;
  const got = diagnostics.map(batch.encodeDiagnostic).map(({ summary, detail, subject }) => ({ summary, detail, subject }));
  const want = wanted.map(({ summary, detail, subject }) => ({ summary, detail, subject }));
  return same(got, want) ? true : `${json(got)} want ${json(want)}`;
}

function functionsOf(env) {
  const functions = new Map(env.table.FUNCTIONS ?? []);
  functions.set('try', env.hcl.TRY);
  functions.set('can', env.hcl.CAN);
  return functions;
}

function evaluate(env, testCase, kind) {
  const { hcl, batch } = env;
  const declared = testCase.context?.functions;
  let functions = functionsOf(env);
  if (declared !== undefined || testCase.context === undefined) {
    const named = new Map();
    for (const [name, { name: real }] of Object.entries(declared ?? {})) {
      const fn = functions.get(
        { 'stdlib.UpperFunc': 'upper', 'stdlib.ConcatFunc': 'concat', 'stdlib.MinFunc': 'min' }[real] ?? real ?? name,
      );
      if (fn === undefined) return { skip: 'it needs a function of the Go test' };
      named.set(name, fn);
    }
    functions = named;
  }
  if (testCase.allFunctions) functions = functionsOf(env);
  let variables;
  try {
    variables = batch.decodeVariables(testCase.context?.variables ?? testCase.sharedVariables);
  } catch (error) {
    return { skip: `its variables cannot be read (${error.message})` };
  }
  const parse = kind === 'template' ? hcl.parseTemplate : hcl.parseExpression;
  const { expression, diagnostics } = parse(testCase.expr, 'test.hcl');
  const parseFailed = diagnostics.some((d) => d.severity === 'error');
  if (testCase.parseOnly) return { expression, diagnostics, failed: parseFailed };
  const scope =
    testCase.context === undefined && !testCase.allFunctions ? undefined : new hcl.Scope({ variables, functions: functions });
  const result = expression.evaluate(scope);
  const all = [...diagnostics, ...result.diagnostics];
  return { expression, diagnostics: all, failed: all.length > 0, parseFailed, value: result.value };
}

const expressions = (kind) => (env) => (testCase) => {
  if (goOnly(testCase)) return { skip: 'it needs a host type of Go' };
  const actualKind = testCase.kind ?? kind;
  const run = evaluate(env, testCase, actualKind);
  if (run.skip) return run;
  const told = testCase.error ? quality(env.batch, run.diagnostics, testCase.diags) : undefined;
  if (run.failed !== testCase.error)
    return { fail: `error ${run.failed}, want ${testCase.error}: ${json(run.diagnostics.map((d) => `${d.summary}: ${d.detail}`))}`, quality: told };
  if (testCase.refs !== undefined && testCase.refs !== null) {
    const refs = run.expression.variables().map(env.batch.pathOf);
    if (!same(refs, testCase.refs)) return { fail: `refs ${json(refs)} want ${json(testCase.refs)}`, quality: told };
  }
  if (testCase.isStringLiteral !== undefined) {
    const literal = run.expression.asLiteral() !== undefined;
    if (literal !== testCase.isStringLiteral) return { fail: `isStringLiteral ${literal}` };
  }
  if (testCase.node !== undefined) {
    const node = astOf(run.expression.node, run.expression.source, env).type;
    if (node !== testCase.node) return { fail: `node ${node}, want ${testCase.node}` };
  }
  const verdict = !testCase.want || run.parseFailed || testCase.parseOnly ? undefined : compareValue(env, run.value, testCase.want);
  return { ...verdict, quality: told };
};

function configParse(env) {
  const { hcl, batch } = env;
  return (testCase) => {
    const { body, diagnostics } = hcl.parseConfig(testCase.input, 'test.hcl');
    const failed = diagnostics.some((d) => d.severity === 'error');
    const told = testCase.error ? quality(batch, diagnostics, testCase.diags) : undefined;
    if (failed !== testCase.error) return { fail: `error ${failed}: ${json(diagnostics)}`, quality: told };
    if (testCase.ast && !testCase.error) {
      const got = canonical(astOf(body.node, body.source, env));
      const want = canonical(testCase.ast);
      if (!same(got, want)) return { fail: firstDifference(got, want), quality: told };
    }
    return { quality: told };
  };
}

const canonical = (value) => {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => [k, canonical(v)]),
  );
};

function firstDifference(got, want, path = '') {
  if (same(got, want)) return undefined;
  if (got && want && typeof got === 'object' && typeof want === 'object' && Array.isArray(got) === Array.isArray(want)) {
    for (const key of new Set([...Object.keys(got), ...Object.keys(want)])) {
      const found = firstDifference(got[key], want[key], `${path}.${key}`);
      if (found) return found;
    }
  }
  return `${path}: got ${json(got)?.slice(0, 200)} want ${json(want)?.slice(0, 200)}`;
}

function functionCalls(env) {
  const functions = functionsOf(env);
  return (testCase) => {
    if (!testCase.inOpenTofuTable) return { skip: 'inOpenTofuTable:false' };
    if (goOnly(testCase)) return { skip: 'it needs a host type of Go' };
    if (!functions.has(testCase.fn)) return { fail: `there is no function ${testCase.fn}` };
    let variables;
    try {
      variables = env.batch.decodeVariables(testCase.context.variables);
    } catch (error) {
      return { skip: `its arguments cannot be read (${error.message})` };
    }
    const { expression, diagnostics } = env.hcl.parseExpression(testCase.expr, 'test.hcl');
    const result = expression.evaluate(new env.hcl.Scope({ variables, functions }));
    const all = [...diagnostics, ...result.diagnostics];
    if ((all.length > 0) !== testCase.error)
      return { fail: `error ${all.length > 0}, want ${testCase.error} ${testCase.errorMessage ?? ''}: ${json(all.map((d) => d.detail))} args ${json(testCase.context.variables).slice(0, 200)}` };
    if (testCase.error) {
      const told = all.some((d) => testCase.errorMessage === undefined || d.detail.includes(testCase.errorMessage));
      return { quality: told || `${json(all.map((d) => d.detail))} want ${json(testCase.errorMessage)}` };
    }
    const verdict = compareValue(env, result.value, testCase.want);
    return verdict?.fail ? { fail: `${verdict.fail} args ${json(testCase.context.variables).slice(0, 300)}` } : verdict;
  };
}

function tofuFunctions(env) {
  const functions = functionsOf(env);
  return (testCase) => {
    if (testCase.environmental) return { skip: 'environmental' };
    if (testCase.note) return { skip: testCase.note };
    if (!functions.has(testCase.fn)) return { fail: `there is no function ${testCase.fn}` };
    const { expression, diagnostics } = env.hcl.parseExpression(testCase.expr, 'test.hcl');
    const result = expression.evaluate(new env.hcl.Scope({ variables: {}, functions }));
    const all = [...diagnostics, ...result.diagnostics];
    if ((all.length > 0) !== testCase.error) return { fail: `error ${all.length > 0}: ${json(all.map((d) => d.detail))}` };
    return testCase.error ? undefined : compareValue(env, result.value, testCase.want);
  };
}

function convertUnify({ hcl, batch }) {
  return (testCase) => {
    if (goOnly(testCase)) return { skip: 'it needs a host type of Go' };
    const { kind } = testCase;
    if (kind === 'mismatchMessage') {
      const got = hcl.mismatch(hcl.typeFromJson(testCase.GotType), hcl.typeFromJson(testCase.WantType));
      return got === testCase.WantMsg ? undefined : { fail: `${got} want ${testCase.WantMsg}` };
    }
    if (kind === 'unify') {
      const got = hcl.unify(testCase.types.map(hcl.typeFromJson), testCase.unsafe ?? true);
      const want = testCase.error ? undefined : testCase.want;
      return same(got && hcl.typeToJson(got), want) ? undefined : { fail: `${json(got && hcl.typeToJson(got))} want ${json(want)}` };
    }
    try {
      const got = hcl.convert(batch.decodeValue(testCase.value), hcl.typeFromJson(testCase.type));
      if (testCase.error) return { fail: `no error, got ${json(batch.encodeValue(got))}` };
      return compareValue({ hcl, batch }, got, testCase.want);
    } catch (error) {
      if (!(error instanceof hcl.ConversionError)) throw error;
      if (!testCase.error) return { fail: error.message };
      return { quality: testCase.errorMessage === undefined || error.message === testCase.errorMessage || `${error.message} want ${testCase.errorMessage}` };
    }
  };
}

function traversals({ hcl }) {
  return (testCase) => {
    const splats = testCase.source.includes('Partial');
    const { traversal, diagnostics } = hcl.parseTraversal(testCase.input, 'test.hcl', { splats });
    if ((diagnostics.length > 0) !== testCase.error || diagnostics.length !== testCase.diagCount)
      return { fail: `diagnostics ${json(diagnostics)}` };
    const got = traversal
      ? [traversal.root, ...traversal.steps.map((s) => (s.kind === 'attribute' ? { attr: s.name } : s.kind === 'splat' ? { splat: true } : { index: s.key }))]
      : [];
    const want = testCase.want.map((s) => (s?.index ? { index: s.index.value } : s));
    return same(got, want) ? undefined : { fail: `${json(got)} want ${json(testCase.want)}` };
  };
}

function lexer({ hcl, internal }) {
  return (testCase) => {
    const source = testCase.source;
    if (source.includes('TestValidIdentifier')) {
      return hcl.isIdentifier(testCase.Input) === testCase.Want ? undefined : { fail: `want ${testCase.Want}` };
    }
    if (source.includes('TestScanStringLit')) {
      return { skip: 'it tests an inner step of the Go scanner' };
    }
    if (source.includes('TestCheckInvalidTokens')) {
      const { diagnostics } = hcl.parseConfig(testCase.input, 'test.hcl');
      const found = diagnostics.some((d) => d.summary === testCase.WantSummary && d.detail === testCase.WantDetail);
      return found ? undefined : { fail: json(diagnostics) };
    }
    const mode = source.includes('template') ? 'template' : 'config';
    const got = internal.referenceTokens(testCase.input, mode);
    const want = testCase.want.map(({ Bytes, Range, Type }) => ({ bytes: Bytes, range: Range, type: String.fromCodePoint(Type) }));
    return same(got, want) ? undefined : { fail: `${json(got)}\n want ${json(want)}` };
  };
}

const oracle = (env) => {
  const judge = expressions('expression')(env);
  return (testCase) => judge({ ...testCase, sharedVariables: env.data.variables, allFunctions: true });
};

export const runners = {
  hcl_lexer: lexer,
  hcl_config_parse: configParse,
  hcl_expressions: expressions('expression'),
  hcl_templates: expressions('template'),
  hcl_traversals: traversals,
  cty_convert_unify: convertUnify,
  function_calls: functionCalls,
  opentofu_functions: tofuFunctions,
  oracle_matrix: oracle,
};

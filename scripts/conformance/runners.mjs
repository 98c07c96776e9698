// One judge per file of the corpus: a case → undefined (passed), { fail }, { skip }; `quality` compares diagnostics' texts.
import { astOf } from './reference-tree.mjs';

const json = (value) => JSON.stringify(value);
const same = (a, b) => json(a) === json(b);

/** Whether a string of JSON hides what our encoding cannot hold (host types of Go). */
const goOnly = (testCase) => /"\$capsule"|"\$type"/.test(json(testCase));

/** Values are compared as they are written, refinements and marks included. */
function compareValue({ batch }, got, want) {
  if (/"\$capsule"|"\$type"/.test(json(want))) return { skip: 'it needs a host type of Go' };
  const written = json(canonical(batch.encodeValue(got)));
  const wanted = json(canonical(want));
  return written === wanted ? undefined : { fail: `got ${written} want ${wanted}` };
}

function quality(batch, diagnostics, wanted) {
  if (!wanted) return undefined;
  const got = diagnostics
    .map(batch.encodeDiagnostic)
    .map(({ summary, detail, subject }) => ({ summary, detail, subject }));
  const want = wanted.map(({ summary, detail, subject }) => ({ summary, detail, subject }));
  return same(got, want) ? true : `${json(got)} want ${json(want)}`;
}

function functionsOf(env) {
  const functions = new Map(env.table.standardFunctions(env.host));
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
        { 'stdlib.UpperFunc': 'upper', 'stdlib.ConcatFunc': 'concat', 'stdlib.MinFunc': 'min' }[real] ??
          real ??
          name,
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
    testCase.context === undefined && !testCase.allFunctions
      ? undefined
      : new hcl.Scope({
          everyFault: true,
          ...((declared || testCase.allFunctions) && { functions }),
          ...((testCase.context?.variables ?? testCase.sharedVariables) && { variables }),
        });
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
    return {
      fail: `error ${run.failed}, want ${testCase.error}: ${json(run.diagnostics.map((d) => `${d.summary}: ${d.detail}`))}`,
      quality: told,
    };
  if (testCase.refs !== undefined && testCase.refs !== null) {
    const refs = run.expression.variables().map(env.batch.pathOf);
    if (!same(refs, testCase.refs))
      return { fail: `refs ${json(refs)} want ${json(testCase.refs)}`, quality: told };
  }
  if (testCase.isStringLiteral !== undefined) {
    const literal = run.expression.asLiteral() !== undefined;
    if (literal !== testCase.isStringLiteral) return { fail: `isStringLiteral ${literal}` };
  }
  if (testCase.node !== undefined) {
    const node = astOf(run.expression.node, run.expression.source, env).type;
    if (node !== testCase.node) return { fail: `node ${node}, want ${testCase.node}` };
  }
  const verdict =
    !testCase.want || run.parseFailed || testCase.parseOnly
      ? undefined
      : compareValue(env, run.value, testCase.want);
  return { ...verdict, quality: told };
};

function configParse(env) {
  const { hcl, batch } = env;
  return (testCase) => {
    const { body, diagnostics } = hcl.parseConfig(
      testCase.input,
      testCase.source.startsWith('own') ? 't.hcl' : 'test.hcl',
    );
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

// Operators were serialised as Go's function tables; null and [] mean the same there.
const canonical = (value) => {
  if (Array.isArray(value)) return value.length === 0 ? null : value.map(canonical);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([k, v]) => v !== undefined && k !== 'Op')
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => [k, canonical(v)]),
  );
};

function firstDifference(got, want, path = '') {
  if (same(got, want)) return undefined;
  if (
    got &&
    want &&
    typeof got === 'object' &&
    typeof want === 'object' &&
    Array.isArray(got) === Array.isArray(want)
  ) {
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
    if (all.length > 0 !== testCase.error)
      return {
        fail: `error ${all.length > 0}, want ${testCase.error} ${testCase.errorMessage ?? ''}: ${json(all.map((d) => d.detail))} args ${json(testCase.context.variables).slice(0, 200)}`,
      };
    if (testCase.error) {
      const told = all.some(
        (d) => testCase.errorMessage === undefined || d.detail.includes(testCase.errorMessage),
      );
      return { quality: told || `${json(all.map((d) => d.detail))} want ${json(testCase.errorMessage)}` };
    }
    const verdict = compareValue(env, result.value, testCase.want);
    return verdict?.fail
      ? { fail: `${verdict.fail} args ${json(testCase.context.variables).slice(0, 300)}` }
      : verdict;
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
    if (all.length > 0 !== testCase.error)
      return { fail: `error ${all.length > 0}: ${json(all.map((d) => d.detail))}` };
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
      return same(got && hcl.typeToJson(got), want)
        ? undefined
        : { fail: `${json(got && hcl.typeToJson(got))} want ${json(want)}` };
    }
    try {
      const got = hcl.convert(batch.decodeValue(testCase.value), hcl.typeFromJson(testCase.type));
      if (testCase.error) return { fail: `no error, got ${json(batch.encodeValue(got))}` };
      return compareValue({ hcl, batch }, got, testCase.want);
    } catch (error) {
      if (!(error instanceof hcl.ConversionError)) throw error;
      if (!testCase.error) return { fail: error.message };
      return {
        quality:
          testCase.errorMessage === undefined ||
          error.message === testCase.errorMessage ||
          `${error.message} want ${testCase.errorMessage}`,
      };
    }
  };
}

function traversals({ hcl }) {
  return (testCase) => {
    const splats = testCase.want.some((step) => step?.splat);
    const { traversal, diagnostics } = hcl.parseTraversal(testCase.input, 'test.hcl', { splats });
    if (diagnostics.length > 0 !== testCase.error || diagnostics.length !== testCase.diagCount)
      return { fail: `diagnostics ${json(diagnostics)}` };
    const got = traversal
      ? [
          traversal.root,
          ...traversal.steps.map((s) =>
            s.kind === 'attribute'
              ? { attr: s.name }
              : s.kind === 'splat'
                ? { splat: true }
                : { index: s.key },
          ),
        ]
      : [];
    const want = testCase.want.map((s) => (s?.index ? { index: s.index.value } : s));
    return same(got, want) ? undefined : { fail: `${json(got)} want ${json(testCase.want)}` };
  };
}

function lexer({ hcl, internal }) {
  return (testCase) => {
    const source = testCase.source;
    if (source.includes('TestValidIdentifier')) {
      return hcl.isIdentifier(testCase.Input) === testCase.Want
        ? undefined
        : { fail: `want ${testCase.Want}` };
    }
    if (source.includes('TestScanStringLit')) {
      return { skip: 'it tests an inner step of the Go scanner' };
    }
    if (source.includes('TestCheckInvalidTokens')) {
      const { diagnostics } = hcl.parseConfig(testCase.Input, 'test.hcl');
      const found = diagnostics.some(
        (d) => d.summary === testCase.WantSummary && d.detail === testCase.WantDetail,
      );
      return found ? undefined : { fail: json(diagnostics) };
    }
    if (testCase.input.includes('\ufffd')) return { skip: 'its bytes are no UTF-8 and were lost in JSON' };
    const mode = source.includes('template') ? 'template' : 'config';
    const got = internal.referenceTokens(testCase.input, mode);
    const want = testCase.want.map(({ Bytes, Range, Type }) => ({
      bytes: Bytes,
      range: Range,
      type: String.fromCodePoint(Type),
    }));
    return same(got, want) ? undefined : { fail: `${json(got)}\n want ${json(want)}` };
  };
}

function jsonSyntax({ hcl, batch }) {
  const wantedValues = {
    'cty.True': true,
    'cty.False': false,
    'cty.EmptyTupleVal': [],
    'cty.EmptyObjectVal': {},
  };
  const range = (r) => r && batch.encodeRange(r);
  const shape = (content) => ({
    attributes: Object.fromEntries(
      [...content.attributes].map(([name, a]) => [name, [a.name, range(a.nameRange), range(a.range)]]),
    ),
    blocks: content.blocks.map((b) => [
      b.type,
      b.labels,
      range(b.typeRange),
      b.labelRanges.map(range),
      range(b.headerRange),
    ]),
    missing: range(content.missingRange),
  });
  const wantedShape = (want) => ({
    attributes: Object.fromEntries(
      Object.entries(want.Attributes ?? {}).map(([name, a]) => [name, [a.Name, a.NameRange, a.Range]]),
    ),
    blocks: (want.Blocks ?? []).map((b) => [
      b.Type,
      b.Labels ?? [],
      b.TypeRange,
      b.LabelRanges ?? [],
      b.DefRange,
    ]),
    missing: want.MissingItemRange,
  });
  const schemaOf = (schema) => ({
    attributes: (schema.Attributes ?? []).map((a) => ({ name: a.Name, required: a.Required })),
    blocks: (schema.Blocks ?? []).map((b) => ({ type: b.Type, labels: b.LabelNames ?? [] })),
  });
  return (testCase) => {
    const test = testCase.source.split(':')[1];
    const count = (got, want) =>
      got.length === want ? undefined : { fail: `${got.length} diagnostics, want ${want}: ${json(got)}` };
    switch (test) {
      case 'TestParse':
      case 'TestParseWithPos': {
        const pos = testCase.StartPos;
        const { expression, diagnostics } = hcl.parseJsonExpression(
          testCase.Input,
          'test.hcl',
          pos && { line: pos.Line, column: pos.Column, byte: pos.Byte },
        );
        const wrong = count(diagnostics, testCase.DiagCount);
        if (wrong) return wrong;
        if (testCase.Want === null || testCase.Want?.type === 'invalidVal') return undefined;
        const tree = (n, w) => {
          if (w.SrcRange && !same(range(n.range), w.SrcRange))
            return `range ${json(range(n.range))} want ${json(w.SrcRange)}`;
          if (w.type === 'objectVal') {
            const items = n.asMap();
            if (items?.length !== w.Attrs.length) return 'another number of properties';
            for (const [i, a] of w.Attrs.entries()) {
              if (items[i].key.node.value !== a.Name || !same(range(items[i].key.range), a.NameRange))
                return `key ${a.Name}`;
              const inner = tree(items[i].value, a.Value);
              if (inner) return inner;
            }
          } else if (w.type === 'arrayVal') {
            const items = n.asList();
            if (items?.length !== (w.Values ?? []).length) return 'another number of values';
            for (const [i, v] of (w.Values ?? []).entries()) {
              const inner = tree(items[i], v);
              if (inner) return inner;
            }
          } else if (w.type === 'stringVal' || w.type === 'booleanVal') {
            if (n.node.value !== w.Value) return `value ${json(n.node.value)} want ${json(w.Value)}`;
          }
          return undefined;
        };
        const why = tree(expression, testCase.Want);
        return why && { fail: why };
      }
      case 'TestParseExpression': {
        const { expression } = hcl.parseJsonExpression(testCase.Input, '');
        const { value } = expression.evaluate(new hcl.Scope({ variables: { noun: 'world' } }));
        const got = hcl.toJson(value);
        const text = testCase.Want;
        const string = /^cty\.StringVal\((".*")\)$/.exec(text)?.[1];
        const want =
          text in wantedValues
            ? wantedValues[text]
            : string !== undefined
              ? JSON.parse(string)
              : JSON.parse(
                  text
                    .replace(/cty\.TupleVal\(\[\]cty\.Value\{(.*)\}\)/, '[$1]')
                    .replace(/cty\.ObjectVal\(map\[string\]cty\.Value\{(.*)\}\)/, '{$1}')
                    .replace(/cty\.\w+Val\(([^()]*)\)/g, '$1'),
                );
        return same(got, want) ? undefined : { fail: `${json(got)} want ${json(want)}` };
      }
      case 'TestBodyPartialContent': {
        const { body, diagnostics } = hcl.parseJsonConfig(testCase.src, 'test.json');
        const content = body.partialContent(schemaOf(testCase.schema));
        const wrong = count([...diagnostics, ...content.diagnostics], testCase.diagCount);
        if (wrong) return wrong;
        return same(shape(content), wantedShape(testCase.want))
          ? undefined
          : { fail: `${json(shape(content))} want ${json(wantedShape(testCase.want))}` };
      }
      case 'TestBodyContent': {
        const { body, diagnostics } = hcl.parseJsonConfig(testCase.src, 'test.json');
        return count(
          [...diagnostics, ...body.content(schemaOf(testCase.schema)).diagnostics],
          testCase.diagCount,
        );
      }
      case 'TestJustAttributes': {
        const { body, diagnostics } = hcl.parseJsonConfig(testCase.src, 'test.json');
        const { attributes, diagnostics: more } = body.justAttributes();
        const wrong = count([...diagnostics, ...more], testCase.diagCount);
        if (wrong) return wrong;
        const got = shape({ attributes, blocks: [] }).attributes;
        const want = wantedShape({ Attributes: testCase.want }).attributes;
        return same(got, want) ? undefined : { fail: `${json(got)} want ${json(want)}` };
      }
      case 'TestExpressionVariables': {
        const { body } = hcl.parseJsonConfig(testCase.Src, 'test.json');
        const refs = body.justAttributes().attributes.get('a').expression.variables();
        const got = refs.map((r) => [{ range: range(r.range), root: r.root }]);
        return same(got, testCase.Want ?? [])
          ? undefined
          : { fail: `${json(got)} want ${json(testCase.Want)}` };
      }
      default: {
        const { body } = hcl.parseJsonConfig(testCase.src, 'test.json');
        const { value, diagnostics } = body
          .justAttributes()
          .attributes.get('v')
          .expression.evaluate(new hcl.Scope({ variables: { VAR1: 'case' } }));
        const error = diagnostics[0]?.summary ?? '';
        if (error !== testCase.error) return { fail: `error ${error}, want ${testCase.error}` };
        return compareValue({ hcl, batch }, value, testCase.expected);
      }
    }
  };
}

function typeConstraints({ hcl, batch }) {
  const type = (encoded) => hcl.typeFromJson(encoded.$ctype);
  const defaultsOf = (encoded) =>
    encoded === null || encoded === undefined
      ? undefined
      : hcl.Defaults.of(
          type(encoded.Type),
          Object.entries(encoded.DefaultValues ?? {}).map(([k, v]) => [k, batch.decodeValue(v)]),
          Object.entries(encoded.Children ?? {}).map(([k, v]) => [k, defaultsOf(v)]),
        );
  const describe = (defaults) =>
    defaults && {
      type: hcl.typeToJson(defaults.type),
      values: Object.fromEntries([...defaults.values].sort().map(([k, v]) => [k, batch.encodeValue(v)])),
      children: Object.fromEntries([...defaults.children].sort().map(([k, v]) => [k, describe(v)])),
    };
  return (testCase) => {
    const test = testCase.source.split(':')[1];
    switch (test) {
      case 'TestDefaults_Apply':
        return compareValue(
          { hcl, batch },
          defaultsOf(testCase.defaults)?.apply(batch.decodeValue(testCase.value)) ??
            batch.decodeValue(testCase.value),
          testCase.want,
        );
      case 'TestGetType':
      case 'TestGetTypeJSON': {
        const { expression } =
          test === 'TestGetType'
            ? hcl.parseExpression(testCase.Source, '')
            : {
                expression: hcl
                  .parseJsonConfig(testCase.Source, '')
                  .body.justAttributes()
                  .attributes.get('expr').expression,
              };
        const got = testCase.Constraint
          ? hcl.parseTypeConstraint(expression, { defaults: false })
          : hcl.parseType(expression);
        const error = got.diagnostics[0]?.detail ?? '';
        if (error !== testCase.WantError) return { fail: `error ${error}, want ${testCase.WantError}` };
        return hcl.equalTypes(got.type, type(testCase.Want))
          ? undefined
          : { fail: `${json(hcl.typeToJson(got.type))} want ${json(testCase.Want)}` };
      }
      case 'TestGetTypeDefaults': {
        const { expression } = hcl.parseExpression(testCase.Source, '');
        const got = hcl.parseTypeConstraint(expression);
        const error = got.diagnostics[0]?.detail ?? '';
        if (error !== testCase.WantError) return { fail: `error ${error}, want ${testCase.WantError}` };
        const want = describe(defaultsOf(testCase.Want));
        return same(describe(got.defaults), want)
          ? undefined
          : { fail: `${json(describe(got.defaults))} want ${json(want)}` };
      }
      case 'TestTypeString': {
        const got = hcl.typeExpression(type(testCase.Type));
        return got === testCase.Want ? undefined : { fail: `${got} want ${testCase.Want}` };
      }
      default: {
        const name = /TypeConstraintVal\(cty\.(\w+)\)/.exec(testCase.ty.value.go)?.[1];
        const written = { String: 'string', Number: 'number', Bool: 'bool', DynamicPseudoType: 'any' }[name];
        if (written === undefined) return { skip: `it needs the Go type ${testCase.ty.value.go}` };
        const scope = new hcl.Scope({
          variables: { v: batch.decodeValue(testCase.val) },
          functions: new Map([['convert', hcl.CONVERT]]),
        });
        const { value, diagnostics } = hcl
          .parseExpression(`convert(v, ${written})`, '')
          .expression.evaluate(scope);
        if (testCase.wantErr)
          return diagnostics[0]?.detail.includes(testCase.wantErr) ? undefined : { fail: json(diagnostics) };
        if (diagnostics.length > 0) return { fail: json(diagnostics) };
        return compareValue({ hcl, batch }, value, testCase.want);
      }
    }
  };
}

function specsuite(env) {
  const { hcl, batch } = env;
  return (testCase) => {
    const spec = hcl.parseConfig(testCase.hcldec, 'spec.hcldec').body;
    const variables = {};
    for (const block of spec.blocks.filter((b) => b.type === 'variables'))
      for (const [name, a] of block.body.attributes) variables[name] = a.expression.evaluate().value;
    const scope = new hcl.Scope({ variables, functions: functionsOf(env) });
    for (const syntax of ['hcl', 'hcl.json']) {
      if (testCase[syntax] === undefined) continue;
      const parsed = (syntax === 'hcl' ? hcl.parseConfig : hcl.parseJsonConfig)(testCase[syntax], 'test.hcl');
      const diagnostics = [...parsed.diagnostics];
      const root = spec.blocks.find((b) => b.type !== 'variables');
      // As in the reference's suite, a file that does not parse is not decoded.
      const value =
        diagnostics.length > 0 ? undefined : decodeBySpec(hcl, root, parsed.body, scope, diagnostics);
      const got = diagnostics.map((d) => ({
        severity: d.severity,
        from: place(d.subject.start),
        to: place(d.subject.end),
      }));
      if (!same(canonical(got), canonical(testCase.diags)))
        return {
          fail: `${json(got)} want ${json(testCase.diags)} ${json(diagnostics.map((d) => d.summary))}`,
        };
      if (testCase.want && !testCase.error) {
        const want = hcl.convert(batch.decodeValue(testCase.want), hcl.typeOf(value));
        if (!hcl.identical(value, want))
          return { fail: `${json(batch.encodeValue(value))} want ${json(testCase.want)}` };
      }
      if (testCase.result_type_src) {
        const type = hcl.parseTypeConstraint(
          hcl.parseExpression(testCase.result_type_src, '').expression,
        ).type;
        if (!hcl.equalTypes(type, hcl.typeOf(value)))
          return { fail: `type ${json(hcl.typeToJson(hcl.typeOf(value)))}` };
      }
    }
    return undefined;
  };
}
const place = ({ line, column, byte }) => ({ byte, column, line });

// The specification language of the reference's test suite: what a body must hold and what value it makes.
function decodeBySpec(hcl, spec, body, scope, diagnostics) {
  const { content, value } = contentFor(hcl, spec, scope, diagnostics);
  const found = body.content(content);
  diagnostics.push(...found.diagnostics);
  return value(found);
}
function contentFor(hcl, spec, scope, diagnostics) {
  const literal = (name, fallback) => spec.body.attributes.get(name)?.expression.evaluate().value ?? fallback;
  const inner = () => spec.body.blocks[0];
  const blockType = () => spec.labels[0] ?? literal('block_type');
  switch (spec.type) {
    case 'literal':
      return { content: {}, value: () => literal('value') };
    case 'attr': {
      const name = spec.labels[0] ?? literal('name');
      const { type } = hcl.parseTypeConstraint(spec.body.attributes.get('type').expression);
      return {
        content: { attributes: [{ name, required: literal('required', false) === true }] },
        value: (found) => {
          const attribute = found.attributes.get(name);
          if (!attribute) return new hcl.NullValue(type);
          const result = attribute.expression.evaluate(scope);
          diagnostics.push(...result.diagnostics);
          return hcl.convert(result.value, type);
        },
      };
    }
    case 'object': {
      const parts = spec.body.blocks.map((b) => [b.labels[0], contentFor(hcl, b, scope, diagnostics)]);
      return {
        content: {
          attributes: parts.flatMap(([, p]) => p.content.attributes ?? []),
          blocks: parts.flatMap(([, p]) => p.content.blocks ?? []),
        },
        value: (found) => hcl.makeObject(parts.map(([name, p]) => [name, p.value(found)])),
      };
    }
    case 'block':
    case 'block_list':
    case 'block_map': {
      const type = blockType();
      const labels = spec.body.attributes.has('labels') ? hcl.toJson(literal('labels')) : [];
      const one = (block) => decodeBySpec(hcl, inner(), block.body, scope, diagnostics);
      return {
        content: { blocks: [{ type, labels }] },
        value: (found) => {
          const blocks = found.blocks.filter((b) => b.type === type);
          if (spec.type === 'block') return blocks[0] ? one(blocks[0]) : hcl.NULL;
          if (spec.type === 'block_list') return new hcl.TupleValue(blocks.map(one));
          return hcl.convert(
            hcl.makeObject(blocks.map((b) => [b.labels[0], one(b)])),
            hcl.mapOf(hcl.DYNAMIC),
          );
        },
      };
    }
    default:
      throw new Error(`unknown specification ${spec.type}`);
  }
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
  hcl_json_syntax: jsonSyntax,
  hcl_type_constraints: typeConstraints,
  hcl_specsuite: specsuite,
  cty_convert_unify: convertUnify,
  function_calls: functionCalls,
  opentofu_functions: tofuFunctions,
  oracle_matrix: oracle,
};

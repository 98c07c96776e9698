// Our tree in the form in which the corpus serialised the reference implementation's.
const OPERATORS = {
  '||': 'LogicalOr',
  '&&': 'LogicalAnd',
  '==': 'Equal',
  '!=': 'NotEqual',
  '>': 'GreaterThan',
  '>=': 'GreaterThanOrEqual',
  '<': 'LessThan',
  '<=': 'LessThanOrEqual',
  '+': 'Add',
  '-': 'Subtract',
  '*': 'Multiply',
  '/': 'Divide',
  '%': 'Modulo',
};

export function astOf(node, source, { batch }) {
  const rng = (start, end) => batch.encodeRange(source.range(start, end));
  const range = (n) => rng(n.start, n.end);
  const step = (s) =>
    s.kind === 'attribute' ? { attr: s.name, range: range(s) } : { index: plain(s.key), range: range(s) };
  const plain = (value) => {
    const { type, value: v } = batch.encodeValue(value);
    return { type, value: v };
  };
  const visit = (n) => {
    if (!n) return undefined;
    switch (n.kind) {
      case 'body':
        return {
          type: 'Body',
          Attributes: Object.fromEntries(
            n.items.filter((item) => item.kind === 'attribute').map((a) => [a.name, visit(a)]),
          ),
          Blocks: n.items.filter((item) => item.kind === 'block').map(visit),
          SrcRange: range(n),
          EndRange: rng(n.end, n.end),
        };
      case 'attribute':
        return {
          type: 'Attribute',
          Name: n.name,
          Expr: visit(n.value),
          SrcRange: range(n),
          NameRange: rng(n.start, n.nameEnd),
          EqualsRange: rng(n.equals, n.equals + 1),
        };
      case 'block':
        return {
          type: 'Block',
          Type: n.type,
          Labels: n.labels.length > 0 ? n.labels.map((l) => l.text) : null,
          Body: visit(n.body),
          TypeRange: rng(n.start, n.typeEnd),
          LabelRanges: n.labels.length > 0 ? n.labels.map(range) : null,
          OpenBraceRange: rng(n.open, n.open + 1),
          CloseBraceRange: rng(n.close, n.end),
        };
      case 'literal':
        return { type: 'LiteralValueExpr', Val: plain(n.value), SrcRange: range(n) };
      case 'string': {
        // The reference places the empty text behind the quotes.
        const at = n.value === '' ? rng(n.end, n.end) : rng(n.start + 1, n.end - 1);
        const text = { type: 'LiteralValueExpr', Val: plain(n.value), SrcRange: at };
        return { type: 'TemplateExpr', Parts: [text], SrcRange: range(n) };
      }
      case 'template':
        return { type: 'TemplateExpr', Parts: n.parts.map(visit), SrcRange: range(n) };
      case 'wrap':
        return { type: 'TemplateWrapExpr', Wrapped: visit(n.inner), SrcRange: range(n) };
      case 'join':
        return { type: 'TemplateJoinExpr', Tuple: visit(n.tuple) };
      case 'parentheses':
        return { type: 'ParenthesesExpr', Expression: visit(n.inner), SrcRange: range(n) };
      case 'traversal':
        return {
          type: 'ScopeTraversalExpr',
          Traversal: [{ root: n.root, range: rng(n.start, n.rootEnd) }, ...n.steps.map(step)],
          SrcRange: range(n),
        };
      case 'relative':
        return {
          type: 'RelativeTraversalExpr',
          Source: visit(n.source),
          Traversal: n.steps.map(step),
          SrcRange: range(n),
        };
      case 'call':
        return {
          type: 'FunctionCallExpr',
          Name: n.name,
          Args: n.args.length > 0 ? n.args.map(visit) : null,
          ExpandFinal: n.expand,
          NameRange: rng(n.start, n.nameEnd),
          OpenParenRange: rng(n.open, n.open + 1),
          CloseParenRange: rng(n.close, n.end),
        };
      case 'conditional':
        return {
          type: 'ConditionalExpr',
          Condition: visit(n.condition),
          TrueResult: visit(n.yes),
          FalseResult: visit(n.no),
          SrcRange: range(n),
        };
      case 'index':
        return {
          type: 'IndexExpr',
          Collection: visit(n.collection),
          Key: visit(n.key),
          SrcRange: range(n),
          OpenRange: rng(n.open, n.open + 1),
          BracketRange: rng(n.open, n.end),
        };
      case 'tuple':
        return {
          type: 'TupleConsExpr',
          Exprs: n.items.length > 0 ? n.items.map(visit) : null,
          SrcRange: range(n),
          OpenRange: rng(n.start, n.start + 1),
        };
      case 'object':
        return {
          type: 'ObjectConsExpr',
          Items:
            n.items.length > 0
              ? n.items.map(({ key, value }) => ({
                  type: 'ObjectConsItem',
                  KeyExpr: visit(key),
                  ValueExpr: visit(value),
                }))
              : null,
          SrcRange: range(n),
          OpenRange: rng(n.start, n.start + 1),
        };
      case 'key':
        return { type: 'ObjectConsKeyExpr', Wrapped: visit(n.inner), ForceNonLiteral: n.forced };
      case 'for':
        return {
          type: 'ForExpr',
          KeyVar: n.keyName ?? '',
          ValVar: n.valueName,
          CollExpr: visit(n.collection),
          KeyExpr: visit(n.key) ?? null,
          ValExpr: visit(n.value),
          CondExpr: visit(n.condition) ?? null,
          Group: n.group,
          SrcRange: range(n),
          OpenRange: rng(n.start, n.openEnd),
          CloseRange: rng(n.closeStart, n.end),
        };
      case 'splat':
        return {
          type: 'SplatExpr',
          Source: visit(n.source),
          Each: visit(n.each),
          Item: visit(n.item),
          SrcRange: range(n),
          MarkerRange: rng(n.markerStart, n.markerEnd),
        };
      case 'item':
        return { type: 'AnonSymbolExpr', SrcRange: range(n) };
      case 'binary':
        return {
          type: 'BinaryOpExpr',
          LHS: visit(n.left),
          Op: OPERATORS[n.operator],
          RHS: visit(n.right),
          SrcRange: range(n),
        };
      case 'unary':
        return {
          type: 'UnaryOpExpr',
          Op: n.operator === '-' ? 'Negate' : 'LogicalNot',
          Val: visit(n.operand),
          SrcRange: range(n),
          SymbolRange: rng(n.start, n.start + 1),
        };
      default:
        return { type: 'ExprSyntaxError', SrcRange: range(n) };
    }
  };
  return visit(node);
}

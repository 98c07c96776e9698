import { scan, type ScanMode } from '../syntax/scan.js';
import { SourceText } from '../syntax/source.js';
import { T } from '../syntax/token.js';

const NAMES: Readonly<Record<number, string>> = {
  [T.EOF]: '␄',
  [T.OBrace]: '{',
  [T.CBrace]: '}',
  [T.OBrack]: '[',
  [T.CBrack]: ']',
  [T.OParen]: '(',
  [T.CParen]: ')',
  [T.OQuote]: '«',
  [T.CQuote]: '»',
  [T.OHeredoc]: 'H',
  [T.CHeredoc]: 'h',
  [T.Star]: '*',
  [T.Slash]: '/',
  [T.Plus]: '+',
  [T.Minus]: '-',
  [T.Percent]: '%',
  [T.Equal]: '=',
  [T.EqualOp]: '≔',
  [T.NotEqual]: '≠',
  [T.LessThan]: '<',
  [T.LessThanEq]: '≤',
  [T.GreaterThan]: '>',
  [T.GreaterThanEq]: '≥',
  [T.And]: '∧',
  [T.Or]: '∨',
  [T.Bang]: '!',
  [T.Dot]: '.',
  [T.Comma]: ',',
  [T.DoubleColon]: '⸬',
  [T.Ellipsis]: '…',
  [T.FatArrow]: '⇒',
  [T.Question]: '?',
  [T.Colon]: ':',
  [T.TemplateInterp]: '∫',
  [T.TemplateControl]: 'λ',
  [T.TemplateSeqEnd]: '∎',
  [T.QuotedLit]: 'Q',
  [T.StringLit]: 'S',
  [T.NumberLit]: 'N',
  [T.Ident]: 'I',
  [T.Comment]: 'C',
  [T.Newline]: '\n',
  [T.BitwiseAnd]: '&',
  [T.BitwiseOr]: '|',
  [T.BitwiseNot]: '~',
  [T.BitwiseXor]: '^',
  [T.Apostrophe]: "'",
  [T.Backtick]: '`',
  [T.Semicolon]: ';',
  [T.Invalid]: '\ufffd',
  [T.BadUTF8]: '💩',
  [T.QuotedNewline]: '␤',
};

/** Tokens in the reference implementation's terms, for comparing. */
export function referenceTokens(
  text: string,
  mode: ScanMode,
): { bytes: string; range: number[]; type: string }[] {
  const source = new SourceText(text, 'test.hcl');
  const { kinds, starts, ends } = scan(source.text, mode);
  source.countApart(starts);
  return kinds.map((kind, i) => {
    const { start, end } = source.range(starts[i]!, ends[i]!);
    return {
      bytes: source.text.slice(starts[i], ends[i]),
      range: [start.line, start.column, start.byte, end.line, end.column, end.byte],
      type: NAMES[kind]!,
    };
  });
}

/** Kinds of tokens. */
export const T = {
  EOF: 0,
  OBrace: 1,
  CBrace: 2,
  OBrack: 3,
  CBrack: 4,
  OParen: 5,
  CParen: 6,
  OQuote: 7,
  CQuote: 8,
  OHeredoc: 9,
  CHeredoc: 10,
  Star: 11,
  Slash: 12,
  Plus: 13,
  Minus: 14,
  Percent: 15,
  Equal: 16,
  EqualOp: 17,
  NotEqual: 18,
  LessThan: 19,
  LessThanEq: 20,
  GreaterThan: 21,
  GreaterThanEq: 22,
  And: 23,
  Or: 24,
  Bang: 25,
  Dot: 26,
  Comma: 27,
  DoubleColon: 28,
  Ellipsis: 29,
  FatArrow: 30,
  Question: 31,
  Colon: 32,
  TemplateInterp: 33,
  TemplateControl: 34,
  TemplateSeqEnd: 35,
  QuotedLit: 36,
  StringLit: 37,
  NumberLit: 38,
  Ident: 39,
  Comment: 40,
  Newline: 41,
  BitwiseAnd: 42,
  BitwiseOr: 43,
  BitwiseNot: 44,
  BitwiseXor: 45,
  Apostrophe: 46,
  Backtick: 47,
  Semicolon: 48,
  Invalid: 49,
  BadUTF8: 50,
  QuotedNewline: 51,
} as const;

export type TokenKind = (typeof T)[keyof typeof T];

/** Tokens side by side, in source order; between two there are only spaces and tabs. The last is `EOF`. */
export interface Tokens {
  readonly kinds: number[];
  readonly starts: number[];
  readonly ends: number[];
}

/** What closes each token that opens something. */
export const CLOSERS: ReadonlyMap<number, number> = new Map([
  [T.OBrace, T.CBrace],
  [T.OBrack, T.CBrack],
  [T.OParen, T.CParen],
  [T.OQuote, T.CQuote],
  [T.OHeredoc, T.CHeredoc],
  [T.TemplateControl, T.TemplateSeqEnd],
  [T.TemplateInterp, T.TemplateSeqEnd],
]);
/** What opens each token that closes something; of a template sequence the interpolation. */
export const OPENERS: ReadonlyMap<number, number> = new Map(
  [...CLOSERS].map(([open, close]) => [close, open]),
);

import { type Diagnostic } from '../../kernel/diagnostic.js';
import { type SourceText } from './source.js';
import { T, type Tokens } from './token.js';

/** Reports characters that are never valid, each kind only so often that it does not drown the rest. O(tokens). */
export function checkTokens(source: SourceText, { kinds, starts, ends }: Tokens): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const told = new Map<number, number>();
  for (let i = 0; i < kinds.length; i++) {
    const kind = kinds[i]!;
    if (kind < T.BitwiseAnd) continue;
    const group = kind <= T.BitwiseXor ? T.BitwiseAnd : kind;
    const count = told.get(group) ?? 0;
    told.set(group, count + 1);
    const report = (summary: string, detail: string): void => {
      diagnostics.push({
        severity: 'error',
        code: 'hcl/invalid-token',
        summary,
        detail,
        subject: source.range(starts[i]!, ends[i]!),
      });
    };
    switch (kind) {
      case T.BitwiseAnd:
      case T.BitwiseOr:
      case T.BitwiseNot:
      case T.BitwiseXor:
        if (count < 4)
          report('Unsupported operator', `Bitwise operators are not supported.${BITWISE[kind] ?? ''}`);
        break;
      case T.Backtick:
        // Of a pair only the first.
        if (count % 2 === 0 || count > 2)
          report(
            'Invalid character',
            'The "`" character is not valid. To create a multi-line string, use the "heredoc" syntax, like "<<EOT".',
          );
        break;
      case T.Apostrophe:
        if (count % 2 === 0 || count > 2)
          report(
            'Invalid character',
            'Single quotes are not valid. Use double quotes (") to enclose strings.',
          );
        break;
      case T.Semicolon:
        if (count < 1)
          report(
            'Invalid character',
            'The ";" character is not valid. Use newlines to separate arguments and blocks, and commas to separate items in collection values.',
          );
        break;
      case T.BadUTF8:
        if (count < 1)
          report(
            'Invalid character encoding',
            'All input files must be UTF-8 encoded. Ensure that UTF-8 encoding is selected in your editor.',
          );
        break;
      case T.QuotedNewline:
        report(
          'Invalid multi-line string',
          'Quoted strings may not be split over multiple lines. To produce a multi-line string, either use the \\n escape to represent a newline character or use the "heredoc" multi-line template syntax.',
        );
        break;
      case T.Invalid: {
        const text = source.text.slice(starts[i], ends[i]);
        report(
          'Invalid character',
          text === '“' || text === '”'
            ? '"Curly quotes" are not valid here. These can sometimes be inadvertently introduced when sharing code via documents or discussion forums. It might help to replace the character with a "straight quote".'
            : 'This character is not used within the language.',
        );
      }
    }
  }
  return diagnostics;
}

const BITWISE: Readonly<Record<number, string>> = {
  [T.BitwiseAnd]: ' Did you mean boolean AND ("&&")?',
  [T.BitwiseOr]: ' Did you mean boolean OR ("||")?',
  [T.BitwiseNot]: ' Did you mean boolean NOT ("!")?',
};

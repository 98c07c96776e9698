import { createContext, Script } from 'node:vm';

const LIMIT_MS = 100;
const REMEMBERED = 10_000;
const test = new Script('expression.test(text)');

/**
 * A test of short texts by an expression that a stranger sent: one that would go on for ever is cut off after 100 ms, with a
 * TypeError. Where an expression may backtrack much, the first test of a text costs some 0.1 ms; the latest answers are kept.
 */
export function boundedTest(expression: RegExp): (text: string) => boolean {
  if (isQuick(expression.source)) return (text) => expression.test(text);
  const context = createContext({ expression, text: '' });
  const answers = new Map<string, boolean>();
  return (text) => {
    let answer = answers.get(text);
    if (answer === undefined) {
      context['text'] = text;
      answer = run(context, expression, text);
      if (answers.size >= REMEMBERED) answers.clear();
      answers.set(text, answer);
    }
    return answer;
  };
}

function run(context: object, expression: RegExp, text: string): boolean {
  try {
    return test.runInContext(context, {
      timeout: LIMIT_MS,
    }) as boolean;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new TypeError(
      `the regular expression ${expression.source} takes more than ${LIMIT_MS} ms for ${text}: it repeats what repeats itself`,
      { cause: error },
    );
  }
}

/** Without groups, and with no more than two repetitions: cubic in what is short. */
function isQuick(source: string): boolean {
  return !source.includes('(') && (source.match(/[*+{]/g) ?? []).length <= 2;
}

import { safePrefix } from '../functions/safe-prefix.js';
import { type TemplateNode } from '../syntax/node.js';
import { NO_MARKS, marksOf, union, unmark, withMarks } from '../values/marks.js';
import { refine } from '../values/refinement.js';
import { nfc } from '../values/text.js';
import { STRING } from '../values/type.js';
import { NullValue, TupleValue, UnknownValue, unknown } from '../values/value.js';
import { type Evaluator, type Place } from './frame.js';
import { asText } from './object-key.js';

export function template(node: TemplateNode, parts: readonly Evaluator[]): Evaluator {
  return (frame) => {
    let text = '';
    let marks = NO_MARKS;
    let known = true;
    const mark = frame.diagnostics.length;
    for (let i = 0; i < parts.length; i++) {
      const given = parts[i]!(frame);
      if (typeof given === 'string') {
        if (known && frame.diagnostics.length === mark) text += given;
        continue;
      }
      const part = node.parts[i]!;
      const invalid = (detail: string): void => {
        frame.error('template-value', 'Invalid template interpolation value', detail, part, node);
      };
      const value = unmark(given);
      if (value instanceof NullValue) {
        invalid('The expression result is null. Cannot include a null value in a string template.');
        continue;
      }
      marks = union(marks, marksOf(given));
      if (value instanceof UnknownValue) {
        known = false;
        continue;
      }
      const string = asText(value, (reason) => {
        invalid(`Cannot include the given value in a string template: ${reason}.`);
      });
      if (known && string !== undefined && frame.diagnostics.length === mark) text += string;
    }
    if (known) return withMarks(frame.sized(nfc(text), node), marks);
    const failed = frame.diagnostics.length > mark;
    const prefix = failed ? '' : knownPrefix(text);
    return withMarks(refine(unknown(STRING), { notNull: true, ...(prefix !== '' && { prefix }) }), marks);
  };
}

/** What a string certainly begins with whose first part is known; at most 128 bytes of it are kept, as in the reference. */
function knownPrefix(text: string): string {
  let bytes = 0;
  let end = 0;
  for (const char of text) {
    const code = char.codePointAt(0)!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (bytes > 128) break;
    end += char.length;
  }
  return safePrefix(text.slice(0, end));
}

export function join(node: Place, tuple: Evaluator): Evaluator {
  return (frame) => {
    const given = tuple(frame);
    const value = unmark(given);
    let marks = marksOf(given);
    if (!(value instanceof TupleValue)) return unknown(STRING);
    let text = '';
    for (const item of value.items) {
      const bare = unmark(item);
      const invalid = (detail: string): void => {
        frame.error('template-value', 'Invalid template interpolation value', detail, node);
      };
      if (bare instanceof NullValue) {
        invalid('An iteration result is null. Cannot include a null value in a string template.');
        continue;
      }
      if (bare instanceof UnknownValue) return withMarks(unknown(STRING), marks);
      const string = asText(bare, (reason) => {
        invalid(`Cannot include one of the interpolation results into the string template: ${reason}.`);
      });
      if (string === undefined) continue;
      marks = union(marks, marksOf(item));
      text += string;
    }
    return withMarks(frame.sized(nfc(text), node), marks);
  };
}

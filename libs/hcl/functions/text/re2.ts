import { refuseTooLong } from '../argument.js';
import { RE2JS, RE2JSSyntaxException } from 're2js';

/** Places of a match in UTF-16 units: start and end of the whole, then of each group; -1 where a group took no part. */
export type Match = readonly number[];

/** A pattern that Go's regexp package refuses; `code` and `expression` as in its own messages. */
export class PatternError extends Error {
  constructor(
    readonly code: string,
    readonly expression: string,
  ) {
    super(`error parsing regexp: ${code}: \`${expression}\``);
  }
}

/** A compiled pattern of RE2's syntax, matched in time linear in the text; the searches are those of Go's regexp package. */
export class Pattern {
  /** One entry per group, in order; empty where a group has no name. */
  readonly names: readonly string[];
  private readonly re: RE2JS;

  private constructor(source: string) {
    const given = new Map<string, string>();
    this.re = RE2JS.compile(withDistinctNames(source, given));
    const names = new Array<string>(this.re.groupCount()).fill('');
    for (const [name, index] of Object.entries(this.re.namedGroups())) names[index - 1] = given.get(name)!;
    this.names = names;
  }

  /** Throws PatternError. */
  static compile(source: string): Pattern {
    const known = cache.get(source);
    if (known !== undefined) return known;
    let pattern: Pattern;
    try {
      pattern = new Pattern(source);
    } catch (error) {
      if (!(error instanceof RE2JSSyntaxException)) throw error;
      const code = error.getDescription();
      const ends = code === 'trailing backslash at end of expression';
      throw new PatternError(code, ends ? '' : (error.getPattern() ?? source));
    }
    if (cache.size >= 256) cache.clear();
    cache.set(source, pattern);
    return pattern;
  }

  first(source: string): Match | undefined {
    return this.matchAt(source, 0);
  }

  /** All matches that do not overlap; an empty one right after another match does not count. */
  *all(source: string): Generator<Match> {
    let previousEnd = -1;
    for (let position = 0; position <= source.length;) {
      const match = this.matchAt(source, position);
      if (match === undefined) return;
      const [start, end] = match as [number, number];
      const accepted = end > position || start !== previousEnd;
      position = end > position ? end : position + widthAt(source, position);
      previousEnd = end;
      if (accepted) yield match;
    }
  }

  /** Every match replaced by the template, in which `$1`, `$name` and `${name}` stand for groups and `$$` for a dollar. */
  replaceAll(source: string, template: string): string {
    let out = '';
    let copied = 0;
    for (let position = 0; position <= source.length;) {
      const match = this.matchAt(source, position);
      if (match === undefined) break;
      const [start, end] = match as [number, number];
      out += source.slice(copied, start);
      if (end > copied || start === 0) out += this.expand(template, source, match);
      copied = end;
      refuseTooLong(out.length);
      position = Math.max(position + widthAt(source, position), end);
    }
    return out + source.slice(copied);
  }

  private numbersOf(name: string): number[] {
    return this.names.flatMap((n, i) => (n === name ? [i + 1] : []));
  }

  private matchAt(source: string, position: number): Match | undefined {
    const matcher = this.re.matcher(source);
    if (!matcher.find(position)) return undefined;
    const places: number[] = [];
    for (let group = 0; group <= this.names.length; group++)
      places.push(matcher.start(group), matcher.end(group));
    return places;
  }

  private expand(template: string, source: string, match: Match): string {
    return template.replace(/\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))?/gu, (whole, braced, bare) => {
      if (whole === '$$') return '$';
      const name = (braced ?? bare) as string | undefined;
      // A lone dollar stands for itself.
      if (name === undefined) return '$';
      const groups = /^(?:0|[1-9]\d{0,7})$/.test(name) ? [Number(name)] : this.numbersOf(name);
      const group = groups.find((g) => (match[g * 2] ?? -1) >= 0);
      return group === undefined ? '' : source.slice(match[group * 2], match[group * 2 + 1]);
    });
  }
}

const cache = new Map<string, Pattern>();

// What is quoted, escaped or in a class opens no group.
const GROUP_NAME = /\\Q[^]*?(?:\\E|$)|\\[^]|\[\^?\]?(?:\[:\^?\w+:\]|\\[^]|[^\]\\])*\]|(\(\?P?<)(\w+)>/g;

/** In Go groups may share a name, in the library they may not; `given` gets the name that each stands for. */
function withDistinctNames(source: string, given: Map<string, string>): string {
  return source.replace(GROUP_NAME, (whole, open: string | undefined, name: string) => {
    if (open === undefined) return whole;
    let distinct = name;
    while (given.has(distinct)) distinct += '_';
    given.set(distinct, name);
    return `${open}${distinct}>`;
  });
}

function widthAt(source: string, position: number): number {
  return (source.codePointAt(position) ?? 0) > 0xffff ? 2 : 1;
}

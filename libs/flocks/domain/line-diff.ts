/** One run of lines: kept, only in the older text, or only in the newer one. Line numbers count from 1. */
export interface DiffHunk {
  readonly kind: 'same' | 'removed' | 'added';
  readonly from: number;
  readonly to: number;
  readonly lines: readonly string[];
}

/**
 * The shortest line difference (Myers, "An O(ND) Difference Algorithm", 1986). O((n+m)·d), d the number of differing lines;
 * beyond `maximumDistance` it says that everything was replaced, which bounds time and memory.
 */
export function lineDiff(older: string, newer: string, maximumDistance = 2_000): readonly DiffHunk[] {
  const a = linesOf(older);
  const b = linesOf(newer);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end])
    end++;
  const middle = script(a.slice(start, a.length - end), b.slice(start, b.length - end), maximumDistance);
  const steps: Step[] = [...fill('same', start), ...middle, ...fill('same', end)];
  return hunks(a, b, steps);
}

type Step = DiffHunk['kind'];

const fill = (step: Step, count: number): Step[] => new Array<Step>(count).fill(step);

function linesOf(text: string): readonly string[] {
  if (text === '') return [];
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function script(a: readonly string[], b: readonly string[], maximum: number): Step[] {
  const limit = Math.min(a.length + b.length, maximum);
  const furthest = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  for (let d = 0; d <= limit; d++) {
    trace.push(new Map(furthest));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1));
      let x = down ? (furthest.get(k + 1) ?? 0) : (furthest.get(k - 1) ?? 0) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      furthest.set(k, x);
      if (x >= a.length && x - k >= b.length) return backtrack(trace, a.length, b.length);
    }
  }
  return [...fill('removed', a.length), ...fill('added', b.length)];
}

function backtrack(trace: readonly ReadonlyMap<number, number>[], n: number, m: number): Step[] {
  const steps: Step[] = [];
  let x = n;
  let y = m;
  for (let d = trace.length - 1; d >= 0; d--) {
    const v = trace[d]!;
    const k = x - y;
    const down = k === -d || (k !== d && (v.get(k - 1) ?? -1) < (v.get(k + 1) ?? -1));
    const previousK = down ? k + 1 : k - 1;
    const previousX = d === 0 ? 0 : (v.get(previousK) ?? 0);
    const previousY = d === 0 ? 0 : previousX - previousK;
    while (x > previousX && y > previousY) {
      steps.push('same');
      x--;
      y--;
    }
    if (d > 0) steps.push(down ? 'added' : 'removed');
    x = previousX;
    y = previousY;
  }
  return steps.reverse();
}

function hunks(a: readonly string[], b: readonly string[], steps: readonly Step[]): DiffHunk[] {
  const result: { kind: Step; from: number; to: number; lines: string[] }[] = [];
  let i = 0;
  let j = 0;
  for (const kind of steps) {
    const last = result.at(-1);
    const hunk = last?.kind === kind ? last : { kind, from: i + 1, to: j + 1, lines: [] };
    if (hunk !== last) result.push(hunk);
    hunk.lines.push((kind === 'added' ? b[j] : a[i])!);
    if (kind !== 'added') i++;
    if (kind !== 'removed') j++;
  }
  return result;
}

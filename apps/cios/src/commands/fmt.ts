import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { refuse, Refused, type Diagnostic } from '#libs/kernel';
import { type DiffHunk } from '#libs/flocks/domain';
import { offline, placeOf, type Invocation, type Register } from '../cli/cli.js';
import { printHunks } from './print-hunks.js';

interface Options {
  readonly check?: boolean;
  readonly diff?: boolean;
}

export const fmtCommand: Register = (program, cli) => {
  offline(
    program,
    'fmt <files...>',
    'lays flock configs out as `terraform fmt` does; a folder stands for all within it, `-` for standard input',
  )
    .option('--check', 'changes nothing; the exit status tells whether anything would')
    .option('--diff', 'shows the lines that change; of standard input these alone')
    .action(cli.run<Options>(fmt));
};

async function fmt({ args, options, out, io }: Invocation<Options>): Promise<number> {
  const { format } = await import('#libs/hcl');
  const lineDiff = options.diff === true ? (await import('#libs/flocks/domain')).lineDiff : null;
  const diffs: { readonly file: string; readonly hunks: readonly DiffHunk[] }[] = [];
  const broken: { readonly file: string; readonly diagnostics: readonly Diagnostic[] }[] = [];
  const laidOut = (source: Uint8Array, file: string): string | undefined => {
    const { text, diagnostics } = format(source, file);
    if (text === undefined) broken.push({ file, diagnostics });
    return text;
  };
  const changed: string[] = [];
  const change = (file: string, source: Uint8Array, text: string): void => {
    changed.push(file);
    if (lineDiff) diffs.push({ file, hunks: lineDiff(Buffer.from(source).toString(), text) });
  };
  for (const file of args.flatMap((arg) => (arg === '-' ? [arg] : filesOf(arg, io.cwd)))) {
    if (file === '-') {
      const chunks: Uint8Array[] = [];
      for await (const chunk of io.input) chunks.push(chunk);
      const source = Buffer.concat(chunks);
      const text = laidOut(source, 'standard input');
      if (text === undefined) continue;
      if (options.check !== true && !lineDiff) out.raw(text);
      else if (!source.equals(Buffer.from(text))) change(file, source, text);
      continue;
    }
    const target = resolve(io.cwd, file);
    const source = readFileSync(target);
    const text = laidOut(source, file);
    if (text === undefined || source.equals(Buffer.from(text))) continue;
    change(file, source, text);
    if (options.check !== true) writeFileSync(target, text);
  }
  if (broken.length > 0) throw doesNotParse(broken, changed);
  if (args.includes('-') && options.check !== true && !lineDiff) return 0;
  out.result({ changed, ...(lineDiff && { diffs }) });
  for (const [i, file] of changed.entries()) {
    out.line(file);
    if (lineDiff) printHunks(out, diffs[i]!.hunks);
  }
  if (options.check === true && changed.length > 0) out.next('cios fmt FILE…');
  return options.check === true && changed.length > 0 ? 1 : 0;
}

/** The file itself; of a folder, the native files anywhere within it, in order. Links are not followed. */
function filesOf(path: string, cwd: string): string[] {
  const target = resolve(cwd, path);
  if (statSync(target, { throwIfNoEntry: false })?.isDirectory() !== true) return [path];
  return readdirSync(target, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.hcl'))
    .map((entry) => join(path, join(entry.parentPath, entry.name).slice(target.length)))
    .sort();
}

/** Told of the first file; of all in `details`. */
function doesNotParse(
  broken: readonly { readonly file: string; readonly diagnostics: readonly Diagnostic[] }[],
  changed: readonly string[],
): Refused {
  const [{ file, diagnostics }] = broken as [(typeof broken)[number]];
  const [first] = diagnostics;
  const at = first?.subject ? placeOf(first.subject) : file;
  const more =
    broken.length === 1
      ? ''
      : ` Nor do: ${broken
          .slice(1)
          .map((b) => b.file)
          .join(', ')}.`;
  return new Refused(
    refuse(
      'fmt/does-not-parse',
      `${at}: ${first?.summary ?? 'it does not parse'}. ${first?.detail ?? ''}${more}`,
      {
        fix: 'mend it first: what does not parse is left as it is',
        details: { diagnostics: broken.flatMap((b) => b.diagnostics), changed },
      },
    ),
  );
}

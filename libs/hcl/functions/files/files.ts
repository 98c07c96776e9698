import { marksOf, type Marks, union, unmark, withMarks } from '../../values/marks.js';
import { makeSet } from '../../values/set.js';
import { BOOL, DYNAMIC, setOf, STRING, type Type } from '../../values/type.js';
import { isUnknown, typeOf, type Value } from '../../values/value.js';
import { parameter, redacted, text } from '../argument.js';
import { DIGESTS } from '../digest/digests.js';
import { encodeBase64 } from '../encoding/base64-bytes.js';
import { FunctionError, type StrictFunction } from '../function.js';
import { type HostFunctions } from '../host-functions.js';
import { type FunctionTable, renderTemplate } from '../template/render.js';
import { decodeUtf8 } from '../utf8.js';
import { type FlockFiles, resolvePath } from './flock-files.js';
import { globPattern } from './glob.js';

const pathParameter = parameter('path', STRING, { allowMarked: true });

/** Functions that read files: only those of the flock itself, from memory. */
export function fileFunctions(
  files: FlockFiles,
  host: HostFunctions,
  functions: () => FunctionTable,
): readonly StrictFunction[] {
  const read = (path: Value): Uint8Array => {
    const shown = unmark(path) as string;
    const content = files.get(resolvePath(shown));
    if (content !== undefined) return content;
    throw new FunctionError(
      `no file exists at ${redacted(shown, marksOf(path))}; this function works only with files that are published with the flock`,
      0,
    );
  };

  const readText = (path: Value): string => {
    const source = decodeUtf8(read(path));
    if (source !== undefined) return source;
    throw new FunctionError(
      `contents of ${redacted(unmark(path) as string, marksOf(path))} are not valid UTF-8; use the filebase64 function to obtain the Base64 encoded contents or the other file functions (e.g. filemd5, filesha256) to obtain file hashing results instead`,
    );
  };

  const ofPath = (
    name: string,
    description: string,
    type: Type,
    result: (path: Value) => Value,
  ): StrictFunction => ({
    name,
    description,
    params: [pathParameter],
    returnType: type,
    notNull: true,
    call: ([path]) => withMarks(result(path!), marksOf(path!)),
  });

  return [
    ofPath('file', 'The content of a file as a string.', STRING, (path) => text(readText(path))),
    ofPath('filebase64', 'The content of a file in base64.', STRING, (path) => encodeBase64(read(path))),
    ofPath('fileexists', 'Whether a file exists.', BOOL, (path) =>
      exists(files, unmark(path) as string, marksOf(path)),
    ),
    ...DIGESTS.map(([name, algorithm, encode]) => {
      const about = `The ${algorithm.toUpperCase()} digest of a file.`;
      return ofPath(`file${name}`, about, STRING, (path) => encode(host.digest(algorithm, read(path))));
    }),
    fileset(files),
    templatefile(readText, functions),
  ];
}

function exists(files: FlockFiles, path: string, marks: Marks): boolean {
  const resolved = resolvePath(path);
  if (files.has(resolved)) return true;
  const folder = resolved === '' ? '' : `${resolved}/`;
  for (const name of files.keys()) {
    if (name.startsWith(folder)) {
      throw new FunctionError(`${redacted(path, marks)} is a directory, not a file`, 0);
    }
  }
  return false;
}

const fileset = (files: FlockFiles): StrictFunction => ({
  name: 'fileset',
  description: 'The paths of all files below a folder that match a pattern.',
  params: [pathParameter, parameter('pattern', STRING, { allowMarked: true })],
  returnType: setOf(STRING),
  notNull: true,
  call: ([path, pattern]) => {
    const folder = resolvePath(unmark(path!) as string);
    const prefix = folder === '' ? '' : `${folder}/`;
    const wanted = resolvePath(unmark(pattern!) as string);
    const marks = union(marksOf(path!), marksOf(pattern!));
    const matcher = globPattern(wanted);
    if (matcher === undefined) {
      throw new FunctionError(
        `failed to glob pattern ${redacted(wanted, marks)}: syntax error in pattern`,
        1,
      );
    }
    const matches: Value[] = [];
    for (const name of files.keys()) {
      if (name.startsWith(prefix) && matcher.test(name.slice(prefix.length))) {
        matches.push(text(name.slice(prefix.length)));
      }
    }
    return withMarks(makeSet(STRING, matches), marks);
  },
});

function templatefile(readText: (path: Value) => string, functions: () => FunctionTable): StrictFunction {
  const rendered = new WeakMap<readonly Value[], Value>();
  const render = (args: readonly Value[]): Value => {
    let value = rendered.get(args);
    if (value === undefined) {
      const [path, values] = args;
      value = renderTemplate(readText(path!), unmark(path!) as string, values!, functions());
      rendered.set(args, value);
    }
    return value;
  };
  return {
    name: 'templatefile',
    description: 'Renders a template that stands in a file, with the given variables.',
    params: [pathParameter, parameter('vars', DYNAMIC)],
    returnType: (args) => (args.some((arg) => isUnknown(unmark(arg))) ? DYNAMIC : typeOf(render(args))),
    call: (args) => withMarks(render(args), marksOf(args[0]!)),
  };
}

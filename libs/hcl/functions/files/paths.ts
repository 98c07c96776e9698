import { STRING } from '../../values/type.js';
import { parameter, text } from '../argument.js';
import { FunctionError, type StrictFunction } from '../function.js';

const ofPath = (name: string, description: string, map: (path: string) => string): StrictFunction => ({
  name,
  description,
  params: [parameter('path', STRING)],
  returnType: STRING,
  notNull: true,
  call: ([path]) => text(map(path as string)),
});

function basename(path: string): string {
  if (path === '') return '.';
  const trimmed = path.replace(/\/+$/, '');
  return trimmed === '' ? '/' : trimmed.slice(trimmed.lastIndexOf('/') + 1);
}

const dirname = (path: string): string => clean(path.slice(0, path.lastIndexOf('/') + 1));

/** Without empty parts, `.` and those `..` that have something before them. */
function clean(path: string): string {
  const rooted = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!rooted) parts.push(part);
  }
  const joined = parts.join('/');
  return rooted ? `/${joined}` : joined === '' ? '.' : joined;
}

function abspath(path: string): string {
  if (path.startsWith('/')) return clean(path);
  throw new FunctionError(
    'abspath of a relative path is not available, because its result depends on where the config is compiled; use the relative path',
  );
}

function pathexpand(path: string): string {
  if (!path.startsWith('~')) return path;
  throw new FunctionError(
    'pathexpand of "~" is not available, because its result depends on who compiles the config; write the whole path',
  );
}

export const pathFunctions: readonly StrictFunction[] = [
  ofPath('basename', 'The last part of a path.', basename),
  ofPath('dirname', 'A path without its last part.', dirname),
  ofPath('abspath', 'An absolute path without "." and ".."; relative ones are refused.', abspath),
  ofPath('pathexpand', 'The path as it is; one that starts with "~" is refused.', pathexpand),
];

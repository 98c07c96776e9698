import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** The built command line: what end-to-end tests run, as users do. */
export function built(): string {
  const main = resolve('dist/apps/cios/src/main.js');
  if (!existsSync(main)) throw new Error('end-to-end tests run what is built: npm run build');
  return main;
}

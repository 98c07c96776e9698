import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that `examples/` lies in: of the sources, and of what is built from them. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'examples', 'flocks'))) {
    const above = dirname(folder);
    if (above === folder) throw new Error('the examples that belong to cios are missing');
    folder = above;
  }
  return folder;
}

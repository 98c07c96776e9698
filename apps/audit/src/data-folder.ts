import { join } from 'node:path';

/** Where an installation's data lie unless something else is said. */
export const defaultData = '.cios/data';

/** The parts of an embedded installation's folder. */
export function dataFolder(folder: string) {
  return { events: join(folder, 'events'), blobs: join(folder, 'blobs') };
}

import { join, resolve } from 'node:path';

/** Where an installation keeps what, named by two URLs and a folder. */
export interface InstallationSettings {
  /** Folder of everything that is local: stores, blobs, the world of local executors, the admin token. Absolute. */
  readonly data: string;
  /** `embedded:<folder>`, `memory:` or `esdb://…` */
  readonly eventStore: string;
  /** `embedded:<folder>`, `memory:` or `mongodb://…` */
  readonly readStore: string;
  /** `folder:<path>` or `memory:` */
  readonly blobStore: string;
  /** How the simulated executor behaves. */
  readonly simulation: {
    readonly seed?: string;
    readonly durationMs?: readonly [number, number];
    readonly failureRate?: number;
  };
}

/** From the environment (`CIOS_DATA`, `CIOS_EVENT_STORE`, `CIOS_READ_STORE`, `CIOS_BLOB_STORE`); what is not said is embedded below `data`. */
export function settingsFrom(env: NodeJS.ProcessEnv, folder?: string): InstallationSettings {
  const data = resolve(folder ?? env['CIOS_DATA'] ?? '.cios/data');
  return {
    data,
    eventStore: eventStoreUrl(env['CIOS_EVENT_STORE'] ?? `embedded:${data}`),
    readStore: env['CIOS_READ_STORE'] ?? `embedded:${data}`,
    blobStore: env['CIOS_BLOB_STORE'] ?? `folder:${join(data, 'blobs')}`,
    simulation: simulationFrom(env),
  };
}

/** `embedded:<folder>` names the installation's folder; the store itself lies in `<folder>/events`. */
function eventStoreUrl(url: string): string {
  return url.startsWith('embedded:') ? `embedded:${join(url.slice('embedded:'.length), 'events')}` : url;
}

/** `CIOS_SIMULATION_SEED`, `CIOS_SIMULATION_MS` (`40-400`), `CIOS_SIMULATION_FAILURES` (`0.02`). */
function simulationFrom(env: NodeJS.ProcessEnv): InstallationSettings['simulation'] {
  const seed = env['CIOS_SIMULATION_SEED'];
  const duration = /^(\d+)-(\d+)$/.exec(env['CIOS_SIMULATION_MS'] ?? '');
  const failures = Number(env['CIOS_SIMULATION_FAILURES'] ?? 'none');
  return {
    ...(seed !== undefined && { seed }),
    ...(duration && { durationMs: [Number(duration[1]), Number(duration[2])] }),
    ...(failures >= 0 && failures <= 1 && { failureRate: failures }),
  };
}

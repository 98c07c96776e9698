import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { refuse, Refused } from '#libs/kernel';

/** Where an installation keeps what, named by two URLs and a folder. */
export interface InstallationSettings {
  /** Folder of everything that is local: embedded stores, blobs, the world of local executors, keys. Absolute. */
  readonly data: string;
  /** `embedded:<folder>`, `memory:` or `esdb://…` */
  readonly eventStore: string;
  /** `embedded:<folder>`, `memory:` or `mongodb://…` */
  readonly readStore: string;
  /** `folder:<path>`, `memory:` or `mongodb://…` (GridFS) */
  readonly blobStore: string;
  /** What apps that share no folder share instead; what is absent is kept in files below `data`. */
  readonly secrets: {
    readonly adminToken?: string;
    /** What Regionals show; without it they cannot lease. */
    readonly regionalToken?: string;
    /** Webhooks are signed with it. */
    readonly signingKey?: string;
  };
  /** Milliseconds from one seal of the log to the next. */
  readonly sealEveryMs?: number;
  /** How the simulated executor behaves. */
  readonly simulation: {
    readonly seed?: string;
    readonly durationMs?: readonly [number, number];
    readonly failureRate?: number;
  };
}

/**
 * From the environment: `CIOS_DATA`, `CIOS_EVENT_STORE`, `CIOS_READ_STORE`, `CIOS_BLOB_STORE`, `CIOS_ADMIN_TOKEN`,
 * `CIOS_REGIONAL_TOKEN`, `CIOS_SIGNING_KEY`, `CIOS_SEAL_MS`. What is not said is embedded below `data`; blobs lie in MongoDB where read models do.
 */
export function settingsFrom(env: NodeJS.ProcessEnv, folder?: string): InstallationSettings {
  const data = resolve(folder ?? env['CIOS_DATA'] ?? '.cios/data');
  const readStore = settingOf(env, 'CIOS_READ_STORE') ?? `embedded:${data}`;
  const adminToken = settingOf(env, 'CIOS_ADMIN_TOKEN');
  const regionalToken = settingOf(env, 'CIOS_REGIONAL_TOKEN');
  const signingKey = settingOf(env, 'CIOS_SIGNING_KEY');
  const sealEveryMs = sealPeriodFrom(env);
  return {
    data,
    eventStore: eventStoreUrl(settingOf(env, 'CIOS_EVENT_STORE') ?? `embedded:${data}`),
    readStore,
    blobStore:
      settingOf(env, 'CIOS_BLOB_STORE') ??
      (/^mongodb(\+srv)?:/.test(readStore) ? readStore : `folder:${join(data, 'blobs')}`),
    secrets: {
      ...(adminToken !== undefined && { adminToken }),
      ...(regionalToken !== undefined && { regionalToken }),
      ...(signingKey !== undefined && { signingKey }),
    },
    ...(sealEveryMs !== undefined && { sealEveryMs }),
    simulation: simulationFrom(env),
  };
}

/** `CIOS_SEAL_MS`. Refuses `installation/invalid-setting`. */
function sealPeriodFrom(env: NodeJS.ProcessEnv): number | undefined {
  const text = env['CIOS_SEAL_MS'];
  if (text === undefined || text === '') return undefined;
  const period = Number(text);
  if (Number.isSafeInteger(period) && period >= 1_000) return period;
  throw new Refused(
    refuse('installation/invalid-setting', `CIOS_SEAL_MS: ${text} is no period`, {
      fix: 'set it to milliseconds, 1000 or more: 86400000 is a day',
    }),
  );
}

/**
 * A setting that may be secret: the variable itself, or the content of the file that `<name>_FILE` names. Refuses
 * `installation/unreadable-setting`.
 */
export function settingOf(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = env[name];
  if (value !== undefined && value !== '') return value;
  const file = env[`${name}_FILE`];
  if (file === undefined || file === '') return undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new Refused(
      refuse('installation/unreadable-setting', `${name}_FILE: ${(error as Error).message}`, {
        fix: `let ${name}_FILE name a file that this process may read, or set ${name} itself`,
      }),
    );
  }
}

/** Where an app listens: `CIOS_LISTEN` (an address, default loopback) and `CIOS_PORT`. Refuses `installation/invalid-setting`. */
export function listeningFrom(
  env: NodeJS.ProcessEnv,
  defaultPort: number,
): { readonly host: string; readonly port: number } {
  const host = env['CIOS_LISTEN'] ?? '127.0.0.1';
  const port = Number(env['CIOS_PORT'] ?? defaultPort);
  const wrong =
    !Number.isInteger(port) || port < 0 || port > 65_535
      ? `CIOS_PORT: ${env['CIOS_PORT']} is no port`
      : /^[^:]*:\d+$/.test(host)
        ? `CIOS_LISTEN: ${host} names a port`
        : null;
  if (wrong === null) return { host, port };
  throw new Refused(
    refuse('installation/invalid-setting', wrong, {
      fix: 'set CIOS_LISTEN to an address alone (0.0.0.0) and CIOS_PORT to a number from 0 to 65535',
    }),
  );
}

/** `embedded:<folder>` names the installation's folder; the store itself lies in `<folder>/events`. */
function eventStoreUrl(url: string): string {
  return url.startsWith('embedded:') ? `embedded:${join(url.slice('embedded:'.length), 'events')}` : url;
}

/** `CIOS_SIMULATION_SEED`, `CIOS_SIMULATION_MS` (`40-400`), `CIOS_SIMULATION_FAILURES` (`0.02`). */
export function simulationFrom(env: NodeJS.ProcessEnv): InstallationSettings['simulation'] {
  const seed = env['CIOS_SIMULATION_SEED'];
  const duration = /^(\d+)-(\d+)$/.exec(env['CIOS_SIMULATION_MS'] ?? '');
  const failures = Number(env['CIOS_SIMULATION_FAILURES'] ?? 'none');
  return {
    ...(seed !== undefined && { seed }),
    ...(duration && { durationMs: [Number(duration[1]), Number(duration[2])] }),
    ...(failures >= 0 && failures <= 1 && { failureRate: failures }),
  };
}

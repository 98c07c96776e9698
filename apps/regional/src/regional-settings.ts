import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { type InstallationSettings, settingOf, simulationFrom } from '#libs/installation';
import { refuse, Refused } from '#libs/kernel';

/** All that a Regional needs: Central's address, a token, and what it serves. */
export interface RegionalSettings {
  /** URL of the command API. */
  readonly commandApi: string;
  readonly token: string;
  /** Its own among Regionals; a later run under the same name ends the leases of the earlier one. */
  readonly name: string;
  /** `<internal name>/<vibe or target>`; `*`: all of them. */
  readonly places: readonly string[];
  /** Operations at once. */
  readonly workers: number;
  /** Folder of the world of local executors. Absolute. */
  readonly data: string;
  readonly simulation: InstallationSettings['simulation'];
}

/**
 * From `CIOS_COMMAND_API`, `CIOS_REGIONAL_TOKEN`, `CIOS_REGIONAL_NAME` (default: the host's), `CIOS_REGIONAL_PLACES` (separated by commas,
 * default `*`), `CIOS_REGIONAL_WORKERS` (default 24) and `CIOS_DATA`. Refuses `regional/missing-setting` and `regional/invalid-setting`.
 */
export function regionalSettingsFrom(env: NodeJS.ProcessEnv): RegionalSettings {
  const required = (name: string, what: string): string => {
    const value = settingOf(env, name);
    if (value !== undefined) return value;
    throw new Refused(refuse('regional/missing-setting', `${name} is not set`, { fix: `set it to ${what}` }));
  };
  const workers = Number(env['CIOS_REGIONAL_WORKERS'] ?? 24);
  if (!Number.isInteger(workers) || workers < 1 || workers > 1000)
    throw new Refused(
      refuse('regional/invalid-setting', `CIOS_REGIONAL_WORKERS: ${env['CIOS_REGIONAL_WORKERS']}`, {
        fix: 'set it to a number from 1 to 1000',
      }),
    );
  const commandApi = required('CIOS_COMMAND_API', 'the URL of the command API');
  if (!/^https?:\/\//.test(commandApi) || !URL.canParse(commandApi))
    throw new Refused(
      refuse('regional/invalid-setting', `CIOS_COMMAND_API: ${commandApi}`, {
        fix: 'set it to a URL such as https://central.example:7401',
      }),
    );
  const places = (env['CIOS_REGIONAL_PLACES'] ?? '*').split(',').map((place) => place.trim());
  const wrong = places.find((place) => place !== '*' && !/^[A-Za-z0-9_-]+\/(vibe|target)$/.test(place));
  if (wrong !== undefined)
    throw new Refused(
      refuse('regional/invalid-setting', `CIOS_REGIONAL_PLACES: ${wrong}`, {
        fix: 'name places as <internal name of the region>/<vibe or target>, separated by commas, or * for all',
      }),
    );
  return {
    commandApi,
    token: required('CIOS_REGIONAL_TOKEN', 'the token that the command API takes Regionals in by'),
    name: env['CIOS_REGIONAL_NAME'] ?? hostname(),
    places,
    workers,
    data: resolve(env['CIOS_DATA'] ?? '.cios/data'),
    simulation: simulationFrom(env),
  };
}

import { Probes } from '../contract/index.js';

const timeoutMs = 2_000;

/** Probes by `kind`: none holds; `http` wants a 2xx from `url` within 2 s; `simulated` holds unless `healthy` is false. */
export class BuiltInProbes extends Probes {
  async check(probe: Readonly<Record<string, unknown>> | null): Promise<string | null> {
    if (probe === null) return null;
    const { kind = 'simulated', url, healthy } = probe;
    if (kind === 'simulated') return healthy === false ? 'the simulated service is not healthy' : null;
    if (kind !== 'http' || typeof url !== 'string')
      return `no probe of kind ${JSON.stringify(kind)}: there are http (with url) and simulated`;
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: 'manual' });
      return response.ok ? null : `${url} answered ${response.status}`;
    } catch (error) {
      return `${url} did not answer: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}

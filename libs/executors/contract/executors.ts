import { type Executor } from './executor.js';

/** The executors of an installation by name. Port; implemented by executors. */
export abstract class Executors {
  /** Undefined where no executor of that name is configured here. */
  abstract get(name: string): Executor | undefined;
  abstract names(): readonly string[];
}

/** Whether a capability really functions. A failure is a reason in words, null means that the probe holds. */
export abstract class Probes {
  abstract check(
    probe: Readonly<Record<string, unknown>> | null,
    capability: { readonly region: string; readonly environment: string; readonly name: string },
  ): Promise<string | null>;
}
